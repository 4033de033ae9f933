import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { PixelPool, PoolError, type PoolErrorCode } from '../../src/index.js'
import { type ImageInput, type ImageOptions, type Strip, strips } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { until } from '../process/children/deadline.js'
import { refusal } from '../refusal.js'
import { text, truncated } from './damage.js'
import {
  animatedGif,
  baselineJpeg,
  largeJpeg,
  largePng,
  largeProgressiveJpeg,
  lossyWebp,
  orientedJpegs,
  type Picture,
  pictures,
  progressiveJpeg,
  rgbAvif,
  rgbaPng,
  rgbPng,
  stillGif,
  stripTiff,
} from './pictures.js'
import { sharps } from './reference.js'

const slotBytes = 16_000_000
const striped = [
  baselineJpeg,
  progressiveJpeg,
  rgbPng,
  rgbaPng,
  lossyWebp,
  stillGif,
  stripTiff,
  rgbAvif,
]
const heights = [1, 7, 16, 33, 100, 10_000]
const asked: readonly { readonly name: string; readonly options: ImageOptions }[] = [
  { name: 'as it is', options: {} },
  { name: '77 wide', options: { width: 77 } },
  { name: 'inside 400x300', options: { width: 400, height: 300 } },
  { name: 'enlarged to 1100 wide', options: { width: 1100 } },
  { name: 'exactly 90x130', options: { width: 90, height: 130, fit: 'fill' } },
  { name: 'in 4 channels', options: { channels: 4 } },
]

describe('its strips, one after the other, are the pixels of sharp, whatever their height:', () => {
  for (const picture of striped) {
    test(picture.name, async () => {
      for (const { name, options } of asked) {
        for (const rows of heights) {
          const told = await differenceOf(picture, rows, options)
          assert.equal(told, null, `${name}, ${rows} rows`)
        }
      }
    })
  }

  for (const picture of [largeJpeg, largeProgressiveJpeg, largePng]) {
    test(`${picture.name}, shrunk while it is loaded`, async () => {
      for (const rows of [33, 256]) {
        for (const options of [
          { width: 640 },
          { width: 1001, height: 200, fit: 'fill' },
        ] as const) {
          assert.equal(await differenceOf(picture, rows, options), null, `${rows} rows`)
        }
      }
    })
  }
})

test('strips of every picture that needs no turning are the pixels of sharp', async () => {
  const wrong: string[] = []
  for (const picture of pictures) {
    const told = await differenceOf(picture, 19, {})
    if (told !== null) wrong.push(`${picture.name}: ${told}`)
  }
  assert.deepEqual(wrong, [])
})

test('of an animation they are those of its first page', async () => {
  assert.equal(await differenceOf(animatedGif, 10, {}), null)
})

test('strips tell where they stand; only the last is lower than the others', async () => {
  using pool = makePool(1)
  const places: (readonly [top: number, height: number])[] = []
  for await (const strip of strips(await baselineJpeg.bytes(), { pool, rows: 50 })) {
    assert.equal(strip.width, 203)
    assert.equal(strip.channels, 3)
    assert.equal(strip.pages, 1)
    assert.equal(strip.byteLength, 203 * 3 * strip.height)
    places.push([strip.top, strip.height])
    strip.release()
  }
  assert.deepEqual(places, [
    [0, 50],
    [50, 50],
    [100, 41],
  ])
  assert.equal(checkEquation(pool).free, 1)
})

test('a slot of one strip is enough for a picture of many', async () => {
  const bytes = await largeJpeg.bytes()
  using pool = new PixelPool({ slots: 1, slotBytes: 2000 * 3 * 40 })
  let rows = 0
  for await (const strip of strips(bytes, { pool, rows: 40 })) {
    rows += strip.height
    strip.release()
  }
  assert.equal(rows, 1500)
})

test('a strip that a slot is too small for is refused before a slot is taken', async () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 2000 * 3 * 40 - 1 })
  await assert.rejects(
    strips(await largeJpeg.bytes(), { pool, rows: 40 }).next(),
    refusal('ERR_SHAPE_TOO_LARGE', /^2000x40x3 uchar needs 240000 bytes, a slot has 239999; /),
  )
  assert.equal(checkEquation(pool).acquires, 0)
})

test('a picture lower than a strip needs a slot of its own size only', async () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 203 * 141 * 3 })
  const all = await pullAll(await baselineJpeg.bytes(), pool, 100_000)
  assert.equal(all.length, 203 * 141 * 3)
})

test('strips come from a file, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  const file = join(folder, 'striped[shrink=2].jpg')
  writeFileSync(file, await baselineJpeg.bytes())
  using pool = makePool(1)
  const { data: expected } = await plain(await baselineJpeg.bytes())
  assert.ok((await pullAll(file, pool, 30)).equals(expected))
  rmSync(folder, { recursive: true })
})

test('a picture of orientation 2 is mirrored, and one that has to be turned is refused', async () => {
  using pool = makePool(1)
  for (const picture of orientedJpegs) {
    const bytes = await picture.bytes()
    const options = { pool, rows: 20, autoOrient: true }
    if (picture.orientation <= 2) {
      assert.equal(await differenceOf(picture, 20, { autoOrient: true }), null, picture.name)
    } else {
      await assert.rejects(strips(bytes, options).next(), hasCode('ERR_UNSUPPORTED_IMAGE'))
    }
  }
  assert.equal(checkEquation(pool).free, 1)
})

test('a strip is an ordinary buffer: it outlives its reader and can be retained', async () => {
  using pool = makePool(2)
  const reader = strips(await baselineJpeg.bytes(), { pool, rows: 10 })
  const strip = await pull(reader)
  await reader.return()
  const before = Buffer.from(strip.data)
  const other = strip.retain()
  strip.release()
  assert.ok(before.equals(Buffer.from(other.data)))
  other.release()
  assert.equal(checkEquation(pool).free, 2)
})

test('nothing is read and no slot is taken between pulls', async () => {
  using pool = makePool(3)
  const reader = strips(await largeJpeg.bytes(), { pool, rows: 100 })
  assert.equal(pool.stats().acquires, 0)
  const first = await pull(reader)
  const content = Buffer.from(first.data)
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 200_000, `${user + system} us of CPU within 300 ms of nothing`)
  assert.equal(pool.stats().acquires, 1)
  assert.ok(content.equals(Buffer.from(first.data)))
  const second = await pull(reader)
  assert.equal(second.top, 100)
  assert.equal(pool.stats().acquires, 2)
  for (const strip of [first, second]) strip.release()
  await reader.return()
  assert.equal(checkEquation(pool).free, 3)
})

test('strips that are kept stay as they are while others come', async () => {
  using pool = makePool(8)
  const bytes = await baselineJpeg.bytes()
  const { data: expected } = await plain(bytes)
  const kept: Strip[] = []
  for await (const strip of strips(bytes, { pool, rows: 20 })) kept.push(strip)
  const all = Buffer.concat(kept.map(({ data }) => new Uint8Array(data)))
  assert.ok(all.equals(expected))
  for (const strip of kept) strip.release()
  assert.equal(checkEquation(pool).free, 8)
})

describe('a reader ends', () => {
  test('by break', async () => {
    using pool = makePool(1)
    for await (const strip of strips(await largeJpeg.bytes(), { pool, rows: 10 })) {
      strip.release()
      if (strip.top >= 100) break
    }
    assert.equal(checkEquation(pool).free, 1)
  })

  test('by an error in the loop', async () => {
    using pool = makePool(1)
    const reading = async (): Promise<void> => {
      for await (using _ of strips(await largeJpeg.bytes(), { pool, rows: 10 })) {
        throw new Error('mine')
      }
    }
    await assert.rejects(reading, /mine/)
    assert.equal(checkEquation(pool).free, 1)
  })

  test('by return() before its first pull', async () => {
    using pool = makePool(1)
    const reader = strips(await largeJpeg.bytes(), { pool, rows: 10 })
    assert.deepEqual(await reader.return(), { done: true, value: undefined })
    assert.deepEqual(await reader.next(), { done: true, value: undefined })
    assert.equal(pool.stats().acquires, 0)
  })

  test('by return(), twice, and gives nothing from then on', async () => {
    using pool = makePool(1)
    const reader = strips(await largeJpeg.bytes(), { pool, rows: 10 })
    const strip = await pull(reader)
    strip.release()
    await reader.return()
    await reader.return()
    assert.deepEqual(await reader.next(), { done: true, value: undefined })
    assert.equal(checkEquation(pool).free, 1)
  })

  test('by return() while a pull runs, whose strip nobody has to release', async () => {
    for (const picture of [largeJpeg, largeProgressiveJpeg, largePng]) {
      using pool = makePool(2)
      const reader = strips(await picture.bytes(), { pool, rows: 500 })
      const pulled = reader.next().then(
        (result) => {
          if (result.done !== true) result.value.release()
        },
        (error: unknown) => assert.ok(error instanceof PoolError),
      )
      await reader.return()
      await pulled
      await until('both slots are free', () => checkEquation(pool).free === 2)
      assert.deepEqual(await reader.next(), { done: true, value: undefined })
    }
  })

  test('by its last strip, and stays ended', async () => {
    using pool = makePool(1)
    const reader = strips(await baselineJpeg.bytes(), { pool, rows: 1000 })
    const strip = await pull(reader)
    strip.release()
    assert.deepEqual(await reader.next(), { done: true, value: undefined })
    assert.deepEqual(await reader.next(), { done: true, value: undefined })
    assert.equal(checkEquation(pool).free, 1)
  })
})

test('a reader is its own iterator', async () => {
  using pool = makePool(1)
  const reader = strips(await baselineJpeg.bytes(), { pool, rows: 10 })
  assert.ok(reader[Symbol.asyncIterator]() === reader)
  await reader.return()
})

test('two readers of one picture at once do not disturb one another', async () => {
  using pool = makePool(2)
  const bytes = await baselineJpeg.bytes()
  const { data: expected } = await plain(bytes)
  const alls = await Promise.all([pullAll(bytes, pool, 7), pullAll(bytes, pool, 16)])
  for (const all of alls) assert.ok(all.equals(expected))
  assert.equal(checkEquation(pool).free, 2)
})

test('a second pull while one runs is refused and harms nothing', async () => {
  using pool = makePool(3)
  const bytes = await largeJpeg.bytes()
  const { data: expected } = await plain(bytes)
  const reader = strips(bytes, { pool, rows: 300 })
  const parts: Buffer[] = []
  for (;;) {
    const first = reader.next()
    const second = assert.rejects(
      reader.next(),
      refusal(
        'ERR_STRIP_PENDING',
        'next() was called while a strip is being read; await that one first',
      ),
    )
    const { done, value: strip } = await first
    await second
    if (done === true) break
    parts.push(Buffer.from(strip.data))
    strip.release()
  }
  assert.ok(Buffer.concat(parts).equals(expected))
  assert.equal(checkEquation(pool).free, 3)
})

test('an exhausted pool refuses a pull, which ends the reader', async () => {
  using pool = makePool(1)
  const reader = strips(await baselineJpeg.bytes(), { pool, rows: 60 })
  const strip = await pull(reader)
  const before = Buffer.from(strip.data)
  await assert.rejects(
    reader.next(),
    refusal('ERR_POOL_EXHAUSTED', /^all 1 buffers are leased; release one first/),
  )
  assert.deepEqual(await reader.next(), { done: true, value: undefined })
  assert.ok(before.equals(Buffer.from(strip.data)))
  strip.release()
  assert.equal(checkEquation(pool).free, 1)
})

test('with wait a pull waits for a slot', async () => {
  using pool = makePool(1)
  const reader = strips(await baselineJpeg.bytes(), { pool, rows: 60, wait: true })
  const first = await pull(reader)
  const second = pull(reader)
  await waitUntil(() => pool.stats().waiting === 1)
  first.release()
  assert.equal((await second).top, 60)
  await reader.return()
  assert.equal(pool.stats().waiting, 0)
})

test('a pull that waits for a slot ends with the reader, or by its signal', async () => {
  using pool = makePool(1)
  const held = pool.acquire({ width: 1, height: 1 })
  const ended = strips(await baselineJpeg.bytes(), { pool, rows: 60, wait: true })
  const pulled = ended.next()
  await waitUntil(() => pool.stats().waiting === 1)
  await ended.return()
  assert.deepEqual(await pulled, { done: true, value: undefined })
  assert.equal(pool.stats().waiting, 0)
  const controller = new AbortController()
  const { signal } = controller
  const aborted = strips(await baselineJpeg.bytes(), { pool, rows: 60, wait: true, signal })
  const next = aborted.next()
  await waitUntil(() => pool.stats().waiting === 1)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(next, reason)
  assert.equal(pool.stats().waiting, 0)
  held.release()
  assert.equal(checkEquation(pool).free, 1)
})

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('of a closed pool a pull is refused', async () => {
  const pool = makePool(1)
  const reader = strips(await baselineJpeg.bytes(), { pool, rows: 60 })
  const strip = await pull(reader)
  strip.release()
  pool.close()
  await assert.rejects(reader.next(), hasCode('ERR_POOL_CLOSED'))
})

describe('of a file that is truncated in its middle, the strips before the damage come first:', () => {
  for (const picture of [largeJpeg, largePng]) {
    test(picture.name, async () => {
      using pool = makePool(1)
      const whole = await picture.bytes()
      const { data: expected } = await plain(whole)
      const rows: Buffer[] = []
      const reading = async (): Promise<void> => {
        for await (const strip of strips(truncated(whole, 0.5), { pool, rows: 64 })) {
          rows.push(Buffer.from(strip.data))
          strip.release()
        }
      }
      await assert.rejects(reading, hasCode('ERR_IMAGE_CORRUPT'))
      const before = Buffer.concat(rows)
      assert.ok(before.length >= expected.length / 4, `${rows.length} strips came`)
      assert.ok(before.length <= expected.length * 0.55, `${rows.length} strips came`)
      assert.ok(before.equals(expected.subarray(0, before.length)))
      assert.equal(checkEquation(pool).free, 1)
    })
  }
})

test('a reader that failed is at its end', async () => {
  using pool = makePool(1)
  const reader = strips(text, { pool, rows: 10 })
  await assert.rejects(reader.next(), hasCode('ERR_UNSUPPORTED_IMAGE'))
  assert.deepEqual(await reader.next(), { done: true, value: undefined })
  await reader.return()
  assert.equal(checkEquation(pool).free, 1)
})

describe('an abort', () => {
  test('before the first pull rejects it with the reason', async () => {
    using pool = makePool(1)
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    const bytes = await largeJpeg.bytes()
    await assert.rejects(async () => strips(bytes, { pool, rows: 10, signal }).next(), reason)
    assert.equal(checkEquation(pool).free, 1)
  })

  test('between pulls rejects the next one', async () => {
    using pool = makePool(1)
    const controller = new AbortController()
    const { signal } = controller
    const reader = strips(await largeJpeg.bytes(), { pool, rows: 10, signal })
    const strip = await pull(reader)
    const reason = new Error('enough')
    controller.abort(reason)
    assert.equal(strip.data.length, 10 * 2000 * 3)
    strip.release()
    await assert.rejects(reader.next(), reason)
    assert.deepEqual(await reader.next(), { done: true, value: undefined })
    assert.equal(checkEquation(pool).free, 1)
  })

  test('while a pull runs rejects it, and its slot comes back', async () => {
    for (const picture of [largeJpeg, largeProgressiveJpeg, largePng]) {
      using pool = makePool(1)
      const controller = new AbortController()
      const { signal } = controller
      const reader = strips(await picture.bytes(), { pool, rows: 1500, signal })
      const pulled = reader.next()
      const reason = new Error('enough')
      controller.abort(reason)
      await assert.rejects(pulled, reason)
      await until('the slot is free', () => checkEquation(pool).free === 1)
      await reader.return()
    }
  })

  test('after the end means nothing', async () => {
    using pool = makePool(1)
    const controller = new AbortController()
    const { signal } = controller
    for await (const strip of strips(await baselineJpeg.bytes(), { pool, rows: 99, signal })) {
      strip.release()
    }
    controller.abort()
    assert.equal(checkEquation(pool).free, 1)
  })
})

function makePool(slots: number): PixelPool {
  return new PixelPool({ slots, slotBytes })
}

async function plain(bytes: Buffer): Promise<{ data: Buffer }> {
  return { data: await sharp(bytes).raw().toBuffer() }
}

async function pull(reader: AsyncIterator<Strip, undefined>): Promise<Strip> {
  const { value } = await reader.next()
  assert.ok(value !== undefined, 'there is no strip')
  return value
}

/** All pixels, with the strips checked for their places. */
async function pullAll(
  input: ImageInput,
  pool: PixelPool,
  rows: number,
  options: ImageOptions = {},
): Promise<Buffer> {
  const parts: Buffer[] = []
  let top = 0
  let isLast = false
  for await (const strip of strips(input, { ...options, pool, rows })) {
    assert.equal(strip.top, top)
    assert.equal(isLast, false, 'a strip after one that was lower')
    top += strip.height
    isLast = strip.height < rows
    parts.push(Buffer.from(strip.data))
    strip.release()
  }
  return Buffer.concat(parts)
}

/** How strips and sharp's output differ; null when they do not. */
async function differenceOf(
  picture: Picture,
  rows: number,
  options: ImageOptions,
): Promise<string | null> {
  using pool = makePool(1)
  const bytes = await picture.bytes()
  const expected = await sharps(bytes, options)
  assert.equal(expected.kind, 'pixels')
  const all = await pullAll(bytes, pool, rows, options)
  assert.equal(checkEquation(pool).free, 1)
  if (all.length !== expected.bytes.length) return `${all.length} of ${expected.bytes.length} bytes`
  return all.equals(expected.bytes) ? null : 'other bytes'
}

function hasCode(code: PoolErrorCode): (error: unknown) => true {
  return refusal(code, /^/)
}
