import assert from 'node:assert/strict'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { type DecodeOptions, decode, type Strip, strips } from '../../../src/sharp/index.js'
import {
  baselineJpeg,
  largeJpeg,
  largePng,
  largeTurnedJpeg,
  type Picture,
} from '../../sharp/pictures.js'
import { difference, ours, sharps } from '../../sharp/reference.js'
import { until } from './deadline.js'
import { collectAll, untilCollected } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'

const slotBytes = 10_000_000
const paths = ['direct', 'copy'] as const

await play({
  collected,
  inputForgotten,
  poolClosed,
  poolForgotten,
  resultForgotten,
  readerForgotten,
  stripForgotten,
  escaped,
})

/** While garbage is collected all the time. */
async function collected(): Promise<void> {
  const pool = new PixelPool({ slots: 2, slotBytes })
  for (const picture of [largeJpeg, largeTurnedJpeg, largePng]) {
    const bytes = await picture.bytes()
    const options = { autoOrient: true }
    const expected = await sharps(bytes, options)
    for (const path of paths) {
      const outcome = await collecting(ours(bytes, { pool, path, ...options }))
      assert.equal(difference(outcome, expected), null)
    }
  }
  assert.equal(places(pool), '2 free')
}

/** Nothing but the decode itself holds the bytes that it reads. */
async function inputForgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 4, slotBytes })
  const expected = await sharps(await largeJpeg.bytes(), {})
  for (const path of paths) {
    const decoding = await startWithOwnBytes(largeJpeg, { pool, path })
    for (const outcome of await collecting(Promise.all(decoding.outcomes))) {
      assert.equal(difference(outcome, expected), null)
    }
  }
  assert.equal(places(pool), '4 free')
}

/** In an object, since an async function waits for a promise that it answers. */
async function startWithOwnBytes(
  picture: Picture,
  options: DecodeOptions,
): Promise<{ outcomes: ReturnType<typeof ours>[] }> {
  const bytes = await picture.bytes()
  return {
    outcomes: [
      ours(new Uint8Array(bytes), options),
      ours(new Uint8Array(bytes).buffer, options),
      ours(new DataView(new Uint8Array(bytes).buffer), options),
    ],
  }
}

async function poolClosed(): Promise<void> {
  const bytes = await largeJpeg.bytes()
  for (const path of paths) {
    const pool = new PixelPool({ slots: 2, slotBytes })
    const outcomes = [1, 2].map(() => ours(bytes, { pool, path }))
    pool.close()
    await Promise.all(outcomes)
    await until('nothing is out', () => places(pool) === '2 free')
    assert.equal(pool.stats().residentBytes, 0)
  }
}

/** Pools that nobody holds while pictures are decoded into them, closed and open. */
async function poolForgotten(): Promise<void> {
  const bytes = await largeJpeg.bytes()
  const expected = await sharps(bytes, {})
  const before = process.memoryUsage.rss()
  for (let round = 0; round < 10; round++) {
    const buffers = await collecting(Promise.all(decodeIntoForgotten(bytes, round % 2 === 0)))
    for (const buffer of buffers) {
      if (buffer === null) continue
      assert.equal(expected.kind, 'pixels')
      assert.ok(expected.bytes.equals(new Uint8Array(buffer.data)))
      buffer.release()
    }
  }
  await collectAll()
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 150_000_000, `${grown} bytes are still there`) // of 400 MB
}

function decodeIntoForgotten(bytes: Buffer, isClosed: boolean): Promise<PixelBuffer | null>[] {
  return [1, 2].map(() => {
    const pool = new PixelPool({ slots: 2, slotBytes })
    const decoding = decode(bytes, { pool }).catch(() => null)
    if (isClosed) setImmediate(() => pool.close())
    return decoding
  })
}

/** Buffers that nobody has ever held. */
async function resultForgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 4, slotBytes })
  const bytes = await baselineJpeg.bytes()
  for (const path of paths) {
    const { leaked } = pool.stats()
    for (let i = 0; i < 4; i++) void decode(bytes, { pool, path })
    await until('all are decoded', () => pool.stats().leased === 4)
    await untilCollected('all came back', () => places(pool) === '4 free')
    assert.equal(pool.stats().leaked, leaked + 4)
  }
  const expected = await sharps(bytes, {})
  assert.equal(difference(await ours(bytes, { pool }), expected), null)
}

/** Readers that were left between two pulls, and while one runs. */
async function readerForgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 8, slotBytes })
  for (const picture of [baselineJpeg, largeJpeg, largePng]) {
    const bytes = await picture.bytes()
    for (let i = 0; i < 4; i++) await pullAndForget(bytes, pool)
    for (let i = 0; i < 4; i++) void strips(bytes, { pool, rows: 40 }).next()
    await untilCollected('all came back', () => places(pool) === '8 free')
  }
}

async function pullAndForget(bytes: Buffer, pool: PixelPool): Promise<void> {
  const { value } = await strips(bytes, { pool, rows: 40 }).next()
  value?.release()
}

/** A strip is a buffer as any other: forgotten, it comes back, and its reader goes on. */
async function stripForgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 1, slotBytes })
  const reader = strips(await baselineJpeg.bytes(), { pool, rows: 50 })
  const tops: number[] = []
  for (;;) {
    const top = await topOfNext(reader)
    if (top === null) break
    tops.push(top)
    await untilCollected('the strip came back', () => places(pool) === '1 free')
  }
  assert.deepEqual(tops, [0, 50, 100])
  assert.equal(pool.stats().leaked, 3)
}

async function topOfNext(reader: AsyncIterator<Strip>): Promise<number | null> {
  const { done, value } = await reader.next()
  return done === true ? null : value.top
}

/** What was decoded may be transferred away as any other buffer's memory. */
async function escaped(): Promise<void> {
  const pool = new PixelPool({ slots: 2, slotBytes: 203 * 141 * 3 })
  const bytes = await baselineJpeg.bytes()
  const expected = await sharps(bytes, {})
  const buffer = await decode(bytes, { pool })
  const memory = structuredClone(buffer.data.buffer, { transfer: [buffer.data.buffer] })
  buffer.release()
  assert.equal(places(pool), '1 free, 1 quarantined')
  assert.equal(difference(await ours(bytes, { pool }), expected), null)
  assert.equal(expected.kind, 'pixels')
  assert.ok(expected.bytes.equals(new Uint8Array(memory)))
}

/** Waits for a promise and collects garbage meanwhile. */
async function collecting<T>(promise: Promise<T>): Promise<T> {
  const state = { isRunning: true }
  const settled = promise.finally(() => {
    state.isRunning = false
  })
  while (state.isRunning) await collectAll()
  return settled
}
