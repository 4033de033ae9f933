import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type PixelBuffer, PixelPool, PoolError } from '../../src/index.js'
import { decode } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { until } from '../process/children/deadline.js'
import { random } from '../process/children/random.js'
import { refusal } from '../refusal.js'
import {
  baselineJpeg,
  largeJpeg,
  largePictures,
  largeProgressiveJpeg,
  largeTurnedJpeg,
  type Picture,
  rgbAvif,
} from './pictures.js'
import { difference, ours, sharps } from './reference.js'

const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const slotBytes = 10_000_000
const paths = ['direct', 'copy'] as const
const reason = new Error('enough')

for (const path of paths) {
  describe(`an abort by the ${path} path`, () => {
    test('before decode() rejects with its reason and takes no slot', async () => {
      using pool = makePool(1)
      const bytes = await baselineJpeg.bytes()
      const signal = AbortSignal.abort(reason)
      await assert.rejects(decode(bytes, { pool, path, signal }), reason)
      assert.equal(checkEquation(pool).acquires, 0)
    })

    test('in the same turn rejects with its reason', async () => {
      using pool = makePool(1)
      const bytes = await largeJpeg.bytes()
      const controller = new AbortController()
      const decoding = decode(bytes, { pool, path, signal: controller.signal })
      controller.abort(reason)
      await assert.rejects(decoding, reason)
      await until('the slot is free', () => checkEquation(pool).free === 1)
    })

    test('after the end means nothing', async () => {
      using pool = makePool(1)
      const bytes = await baselineJpeg.bytes()
      const expected = await sharps(bytes, {})
      const controller = new AbortController()
      const buffer = await decode(bytes, { pool, path, signal: controller.signal })
      controller.abort(reason)
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(expected.kind, 'pixels')
      assert.ok(expected.bytes.equals(new Uint8Array(buffer.data)))
      buffer.release()
      assert.equal(checkEquation(pool).free, 1)
    })

    test('without a reason of its own rejects with an AbortError', async () => {
      using pool = makePool(1)
      const bytes = await largeJpeg.bytes()
      const controller = new AbortController()
      const decoding = decode(bytes, { pool, path, signal: controller.signal })
      controller.abort()
      await assert.rejects(decoding, { name: 'AbortError' })
      await until('the slot is free', () => checkEquation(pool).free === 1)
    })

    test('by a timeout rejects with a TimeoutError', async () => {
      using pool = makePool(1)
      const bytes = await largeProgressiveJpeg.bytes()
      const signal = AbortSignal.timeout(1)
      await assert.rejects(decode(bytes, { pool, path, signal }), { name: 'TimeoutError' })
      await until('the slot is free', () => checkEquation(pool).free === 1)
    })

    test('of one decode leaves the others alone', async () => {
      using pool = makePool(3)
      const bytes = await largeJpeg.bytes()
      const expected = await sharps(bytes, {})
      const controller = new AbortController()
      const others = [ours(bytes, { pool, path }), ours(bytes, { pool, path })]
      const aborted = decode(bytes, { pool, path, signal: controller.signal })
      controller.abort(reason)
      await assert.rejects(aborted, reason)
      for (const other of others) assert.equal(difference(await other, expected), null)
      await until('all slots are free', () => checkEquation(pool).free === 3)
    })

    test('of many decodes by one signal rejects them all', async () => {
      using pool = makePool(8)
      const bytes = await largeJpeg.bytes()
      const controller = new AbortController()
      const { signal } = controller
      const decoding = Array.from({ length: 8 }, () => decode(bytes, { pool, path, signal }))
      const settled = Promise.allSettled(decoding)
      controller.abort(reason)
      for (const result of await settled) {
        assert.equal(result.status, 'rejected')
        assert.equal(result.reason, reason)
      }
      await until('all slots are free', () => checkEquation(pool).free === 8)
    })

    test(`at any moment gives a picture or its reason, and no slot is lost (seed ${seed})`, async () => {
      const roll = random(seed)
      using pool = makePool(2)
      const tally = { aborted: 0, decoded: 0 }
      for (const picture of [...largePictures, rgbAvif]) {
        const { bytes, expected, durationMs } = await timed(picture, pool)
        for (let round = 0; round < 12; round++) {
          const controller = new AbortController()
          const decoding = decode(bytes, { pool, path, signal: controller.signal })
          const settled = decoding.then(
            (buffer) => checkAndRelease(buffer, expected),
            (error: unknown) => error,
          )
          await pause(roll() * durationMs * 1.2)
          controller.abort(reason)
          const error = await settled
          if (error !== null) assert.equal(error, reason, picture.name)
          tally[error === null ? 'decoded' : 'aborted']++
          await until('both slots are free', () => checkEquation(pool).free === 2)
        }
      }
      assert.ok(tally.aborted > 0, JSON.stringify(tally))
    })

    test('leaves a slot that the next decode fills as ever', async () => {
      using pool = makePool(1)
      const [bytes, next] = [await largeTurnedJpeg.bytes(), await baselineJpeg.bytes()]
      const expected = await sharps(next, {})
      for (let round = 0; round < 5; round++) {
        const controller = new AbortController()
        const options = { pool, path, signal: controller.signal, autoOrient: true }
        const aborted = assert.rejects(decode(bytes, options), reason)
        setImmediate(() => controller.abort(reason))
        await aborted
        await until('the slot is free', () => checkEquation(pool).free === 1)
        assert.equal(difference(await ours(next, { pool, path }), expected), null)
      }
    })
  })

  describe(`while a decode by the ${path} path runs`, () => {
    test('the other buffers of its pool are released and acquired as ever', async () => {
      using pool = makePool(4)
      const bytes = await largeJpeg.bytes()
      const expected = await sharps(bytes, {})
      const state = { isRunning: true }
      const decoding = ours(bytes, { pool, path }).finally(() => {
        state.isRunning = false
      })
      let turns = 0
      while (state.isRunning) {
        const buffers = [1, 2, 3].map(() => pool.acquire({ width: 100, height: 100 }))
        for (const buffer of buffers) buffer.data.fill(turns % 256)
        await new Promise((resolve) => setImmediate(resolve))
        for (const buffer of buffers) {
          assert.equal(buffer.data[40_000 - 1], turns % 256)
          buffer.release()
        }
        turns++
      }
      assert.ok(turns > 1)
      assert.equal(difference(await decoding, expected), null)
      assert.equal(checkEquation(pool).free, 4)
    })

    test('close() lets it end, with its pixels or with ERR_POOL_CLOSED', async () => {
      const pool = makePool(2)
      const bytes = await largeJpeg.bytes()
      const expected = await sharps(bytes, {})
      const decoding = ours(bytes, { pool, path })
      pool.close()
      const outcome = await decoding
      if (outcome.kind === 'pixels') assert.equal(difference(outcome, expected), null)
      else assert.ok(outcome.error instanceof PoolError && outcome.error.code === 'ERR_POOL_CLOSED')
      await until('nothing is out', () => checkEquation(pool).free === 2)
      assert.equal(pool.stats().residentBytes, 0)
    })

    test('trim() takes nothing of it away', async () => {
      using pool = makePool(2)
      const bytes = await largeJpeg.bytes()
      const expected = await sharps(bytes, {})
      const state = { isRunning: true }
      const decoding = ours(bytes, { pool, path }).finally(() => {
        state.isRunning = false
      })
      while (state.isRunning) {
        pool.trim()
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.equal(difference(await decoding, expected), null)
    })

    test('its slot is nobody else’s', async () => {
      using pool = makePool(1)
      const bytes = await largeJpeg.bytes()
      const decoding = ours(bytes, { pool, path })
      assert.equal(pool.tryAcquire({ width: 1, height: 1 }), null)
      await assert.rejects(
        decode(bytes, { pool, path }),
        refusal('ERR_POOL_EXHAUSTED', /^all 1 buffers are (leased|taken)/),
      )
      assert.equal((await decoding).kind, 'pixels')
    })
  })
}

function makePool(slots: number): PixelPool {
  return new PixelPool({ slots, slotBytes })
}

interface Timed {
  readonly bytes: Buffer
  readonly expected: Buffer
  /** Of the faster of two decodes. */
  readonly durationMs: number
}

async function timed(picture: Picture, pool: PixelPool): Promise<Timed> {
  const bytes = await picture.bytes()
  const expected = await sharps(bytes, {})
  assert.equal(expected.kind, 'pixels')
  const durations: number[] = []
  for (let round = 0; round < 2; round++) {
    const start = performance.now()
    await ours(bytes, { pool })
    durations.push(performance.now() - start)
  }
  return { bytes, expected: expected.bytes, durationMs: Math.min(...durations) }
}

function checkAndRelease(buffer: PixelBuffer, expected: Buffer): null {
  assert.ok(expected.equals(new Uint8Array(buffer.data.buffer, 0, buffer.byteLength)))
  buffer.release()
  return null
}
