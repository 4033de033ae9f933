import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { PixelPool, type PoolErrorCode } from '../../src/index.js'
import { decode, metadata, strips } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { until } from '../process/children/deadline.js'
import { invalid, refusal } from '../refusal.js'
import {
  blackPng,
  corrupted,
  empty,
  emptyPng,
  garbage,
  resizedJpeg,
  svg,
  text,
  truncated,
} from './damage.js'
import {
  animatedGif,
  baselineJpeg,
  largeJpeg,
  lossyWebp,
  orientedJpegs,
  pagedTiff,
  rgbAvif,
  rgbaPng,
} from './pictures.js'
import { difference, ours, sharps } from './reference.js'

const slotBytes = 1_000_000
const paths = ['auto', 'direct', 'copy'] as const
const bytes = await baselineJpeg.bytes()

const anywhere = {
  width: {
    condition: 'an integer between 1 and 100000000',
    bad: [0, -1, 1.5, 100_000_001, Number.NaN, Number.POSITIVE_INFINITY, '10', null, 10n],
  },
  height: {
    condition: 'an integer between 1 and 100000000',
    bad: [0, -1, 1.5, 100_000_001, '10', null, {}],
  },
  fit: { condition: "'inside' or 'fill'", bad: ['cover', 'contain', 'outside', '', 1, null] },
  autoOrient: { condition: 'true or false', bad: [1, 'true', null] },
  channels: { condition: "3, 4 or 'auto'", bad: [0, 1, 2, 5, '3', null] },
  page: { condition: 'an integer between 0 and 100000', bad: [-1, 0.5, 100_001, '0', null] },
  pages: { condition: 'an integer between -1 and 100000', bad: [-2, 1.5, 100_001, 'all', null] },
  limitInputPixels: {
    condition: `an integer between 0 and ${Number.MAX_SAFE_INTEGER}`,
    bad: [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null],
  },
  failOn: {
    condition: "'none', 'truncated', 'error' or 'warning'",
    bad: ['warn', '', true, null],
  },
} as const

const ofDecode = {
  signal: { condition: 'an AbortSignal', bad: [3, {}, null] },
  onProgress: { condition: 'a function', bad: [3, {}, null] },
  path: { condition: "'auto', 'direct' or 'copy'", bad: ['fast', '', true, null] },
  dropCache: { condition: 'true or false', bad: [1, 'true', null] },
} as const

const ofStrips = {
  rows: { condition: 'an integer >= 1', bad: [0, -1, 1.5, '16', undefined, null] },
}

describe('decode() refuses', () => {
  for (const [name, { condition, bad }] of Object.entries({ ...anywhere, ...ofDecode })) {
    test(`a ${name} that is not ${condition}`, async () => {
      using pool = makePool()
      for (const value of bad) {
        await assert.rejects(
          call(decode, bytes, { pool, [name]: value }),
          invalid(`${name} must be ${condition}, got ${show(value)}`),
        )
      }
      assert.equal(checkEquation(pool).acquires, 0)
    })
  }

  test('what is no input', async () => {
    using pool = makePool()
    for (const input of [undefined, null, 3, true, {}, [1, 2], Symbol('a'), () => {}]) {
      await assert.rejects(call(decode, input, { pool }), invalid(/^input must be /))
    }
    assert.equal(checkEquation(pool).acquires, 0)
  })

  test('what are no options, and options without a pool', async () => {
    for (const options of [undefined, null, 3]) {
      await assert.rejects(
        call(decode, bytes, options),
        invalid(`options must be an object with a pool, got ${options}`),
      )
    }
    for (const pool of [undefined, null, {}]) {
      await assert.rejects(
        call(decode, bytes, { pool }),
        invalid(`pool must be a PixelPool or a PixelArena, got ${show(pool)}`),
      )
    }
  })

  test('what is wrong first, in the order in which it is told of', async () => {
    using pool = makePool()
    const wrong: Record<string, unknown> = { pool }
    const names = [...Object.keys(ofDecode), ...Object.keys(anywhere)]
    for (const name of names) wrong[name] = Symbol(name)
    for (const name of names) {
      await assert.rejects(
        call(decode, bytes, wrong),
        invalid(new RegExp(`^${name} must be .*, got Symbol\\(${name}\\)$`)),
      )
      delete wrong[name]
    }
  })

  test('options of the image beside a sharp instance', async () => {
    using pool = makePool()
    const options = [
      { width: 10 },
      { height: 10 },
      { fit: 'inside' },
      { autoOrient: true },
      { channels: 3 },
      { page: 1 },
      { pages: 2 },
      { limitInputPixels: 10 },
      { failOn: 'none' },
      { path: 'direct' },
    ]
    for (const each of options) {
      await assert.rejects(
        call(decode, sharp(bytes), { ...each, pool }),
        invalid(
          /^(\w+ must be left out with a sharp instance|input must be .* path 'direct'), got /,
        ),
      )
    }
    assert.equal(checkEquation(pool).acquires, 0)
  })

  test('memory that was transferred away', async () => {
    using pool = makePool()
    const memory = new Uint8Array(bytes).buffer
    const view = new Uint8Array(memory)
    structuredClone(memory, { transfer: [memory] })
    for (const input of [memory, view]) await refuses(pool, input, 'ERR_INVALID_ARGUMENT')
  })
})

describe('metadata() refuses', () => {
  for (const [name, { condition, bad }] of Object.entries(anywhere)) {
    test(`a ${name} that is not ${condition}`, async () => {
      for (const value of bad) {
        await assert.rejects(
          call(metadata, bytes, { [name]: value }),
          invalid(`${name} must be ${condition}, got ${show(value)}`),
        )
      }
    })
  }

  test('what is no input, and what are no options', async () => {
    for (const input of [undefined, null, 3, {}]) {
      await assert.rejects(call(metadata, input), invalid(/^input must be /))
    }
    for (const options of [null, 3]) {
      await assert.rejects(call(metadata, bytes, options), invalid(/^options must be an object/))
    }
  })
})

describe('strips() refuses', () => {
  const { page, pages, ...others } = anywhere
  const { signal, dropCache } = ofDecode
  const all = { ...ofStrips, ...others, signal, dropCache }
  for (const [name, { condition, bad }] of Object.entries(all)) {
    test(`a ${name} that is not ${condition}`, async () => {
      using pool = makePool()
      for (const value of bad) {
        await assert.rejects(
          firstOf(bytes, { pool, rows: 10, [name]: value }),
          invalid(`${name} must be ${condition}, got ${show(value)}`),
        )
      }
      assert.equal(checkEquation(pool).acquires, 0)
    })
  }

  test('what is no input, what are no options, and what is no pool', async () => {
    using pool = makePool()
    for (const input of [undefined, null, 3, {}, sharp(bytes)]) {
      await assert.rejects(firstOf(input, { pool, rows: 10 }), invalid(/^input must be /))
    }
    await assert.rejects(firstOf(bytes, undefined), invalid(/^options must be an object/))
    await assert.rejects(
      firstOf(bytes, { rows: 10 }),
      invalid('pool must be a PixelPool or a PixelArena, got undefined'),
    )
  })
})

describe('an input that is no picture of ours is refused by its code:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  after(() => rmSync(folder, { recursive: true }))

  test('an empty one', () => refusesEverywhere(empty, 'ERR_INVALID_ARGUMENT'))
  test('garbage', () => refusesEverywhere(garbage, 'ERR_UNSUPPORTED_IMAGE'))
  test('text', () => refusesEverywhere(text, 'ERR_UNSUPPORTED_IMAGE'))
  test('one byte', () => refusesEverywhere(Buffer.of(0xff), 'ERR_UNSUPPORTED_IMAGE'))
  test('the first bytes of a JPEG', () =>
    refusesEverywhere(truncated(bytes, 0.01), 'ERR_IMAGE_CORRUPT'))

  test('an empty file', async () => {
    const file = join(folder, 'empty.jpg')
    writeFileSync(file, empty)
    await refusesEverywhere(file, 'ERR_UNSUPPORTED_IMAGE')
  })

  test('a file of text', async () => {
    const file = join(folder, 'text.jpg')
    writeFileSync(file, text)
    await refusesEverywhere(file, 'ERR_UNSUPPORTED_IMAGE')
  })

  test('no file', () => refusesEverywhere(join(folder, 'nowhere.jpg'), 'ERR_IMAGE_UNREADABLE'))
  test('an empty path', () => refusesEverywhere('', 'ERR_INVALID_ARGUMENT'))
  test('a folder', () => refusesEverywhere(folder, 'ERR_IMAGE_UNREADABLE'))
  test('a path with a zero in it', () => refusesEverywhere('a\0b', 'ERR_INVALID_ARGUMENT'))
  test('a path in a file', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, bytes)
    await refusesEverywhere(join(file, 'below.jpg'), 'ERR_IMAGE_UNREADABLE')
  })

  const isRoot = process.getuid?.() === 0
  const skip = isRoot || process.platform === 'win32' ? 'everything can be read here' : false
  test('a file that may not be read', { skip }, async () => {
    const file = join(folder, 'secret.jpg')
    writeFileSync(file, bytes)
    chmodSync(file, 0o000)
    await refusesEverywhere(file, 'ERR_IMAGE_UNREADABLE')
  })

  const noDevices = process.platform === 'win32' ? 'Windows has no /dev' : false
  test('a device', { skip: noDevices }, async () => {
    await refusesEverywhere('/dev/zero', 'ERR_IMAGE_UNREADABLE')
  })

  const noPipes = process.platform === 'win32' ? 'Windows has no mkfifo' : false
  test('a pipe, which nobody writes to', { skip: noPipes }, async () => {
    const file = join(folder, 'pipe.jpg')
    execFileSync('mkfifo', [file])
    await refusesEverywhere(file, 'ERR_IMAGE_UNREADABLE')
  })

  test('a picture in a folder that is named as its options are', async () => {
    mkdirSync(join(folder, 'a.jpg[page=1]'))
    await refusesEverywhere(join(folder, 'a.jpg'), 'ERR_IMAGE_UNREADABLE')
  })
})

describe('a format that is sharp’s and not ours', () => {
  test('is decoded by the copy path', async () => {
    using pool = makePool()
    const expected = await sharps(svg, {})
    assert.equal(expected.kind, 'pixels')
    for (const path of ['auto', 'copy'] as const) {
      assert.equal(difference(await ours(svg, { pool, path }), expected), null)
    }
    assert.equal(checkEquation(pool).free, 1)
  })

  test('is refused by the direct path, and its slot is untouched', async () => {
    await leavesUntouched(async (pool) => {
      await refuses(pool, svg, 'ERR_UNSUPPORTED_IMAGE', { path: 'direct' })
    })
  })

  test('has no metadata and no strips', async () => {
    using pool = makePool()
    await assert.rejects(metadata(svg), hasCode('ERR_UNSUPPORTED_IMAGE'))
    await assert.rejects(firstOf(svg, { pool, rows: 8 }), hasCode('ERR_UNSUPPORTED_IMAGE'))
  })
})

test('a page that is not there is ERR_INVALID_ARGUMENT', async () => {
  using pool = makePool()
  for (const picture of [animatedGif, pagedTiff]) {
    for (const path of paths) {
      await refuses(pool, await picture.bytes(), 'ERR_INVALID_ARGUMENT', { path, page: 50 })
    }
  }
})

describe('a damaged picture is ERR_IMAGE_CORRUPT and its slot is free again:', () => {
  const halves = [baselineJpeg, rgbaPng, lossyWebp, rgbAvif]
  for (const picture of halves) {
    test(`half of ${picture.name}`, async () => {
      using pool = makePool()
      const half = truncated(await picture.bytes(), 0.5)
      for (const path of paths) await refuses(pool, half, 'ERR_IMAGE_CORRUPT', { path })
    })
  }

  test('a PNG with noise in its middle', async () => {
    using pool = makePool()
    const noisy = corrupted(await rgbaPng.bytes())
    for (const path of paths) await refuses(pool, noisy, 'ERR_IMAGE_CORRUPT', { path })
  })

  test('a PNG of next to no pixels', async () => {
    using pool = makePool()
    for (const path of paths) {
      await refuses(pool, emptyPng(500, 500), 'ERR_IMAGE_CORRUPT', { path })
    }
  })

  test('its message is that of libvips', async () => {
    using pool = makePool()
    for (const path of paths) {
      await assert.rejects(
        decode(truncated(bytes, 0.5), { pool, path }),
        refusal('ERR_IMAGE_CORRUPT', /VipsJpeg: premature end of/i),
      )
    }
  })

  test('nothing of it reaches the caller, and the next picture in its slot is whole', async () => {
    using pool = makePool()
    const expected = await sharps(bytes, {})
    for (const path of paths) {
      const outcome = await ours(truncated(bytes, 0.5), { pool, path })
      assert.equal(outcome.kind, 'refused')
      assert.equal(difference(await ours(bytes, { pool, path }), expected), null)
    }
    assert.equal(checkEquation(pool).free, 1)
  })
})

describe('a picture that is too large is refused from its header, and its slot is untouched:', () => {
  test('by one byte', async () => {
    using pool = new PixelPool({ slots: 1, slotBytes: 203 * 141 * 3 - 1 })
    mark(pool)
    for (const path of ['auto', 'direct'] as const) {
      await assert.rejects(
        decode(bytes, { pool, path }),
        refusal(
          'ERR_SHAPE_TOO_LARGE',
          '203x141x3 uchar needs 85869 bytes, a slot has 85868; make a pool with larger slots',
        ),
      )
    }
    assertMarked(pool)
    assert.equal(checkEquation(pool).free, 1)
  })

  test('a photo of 3 megapixels', async () => {
    await leavesUntouched(async (pool) => {
      await refuses(pool, await largeJpeg.bytes(), 'ERR_SHAPE_TOO_LARGE')
      await refuses(pool, await largeJpeg.bytes(), 'ERR_SHAPE_TOO_LARGE', { autoOrient: true })
    })
  })

  test('one that was enlarged', async () => {
    await leavesUntouched(async (pool) => {
      await refuses(pool, bytes, 'ERR_SHAPE_TOO_LARGE', { width: 1920 })
    })
  })

  test('all pages of an animation', async () => {
    const { slotBytes } = await metadata(await animatedGif.bytes())
    using pool = new PixelPool({ slots: 1, slotBytes })
    mark(pool)
    await refuses(pool, await animatedGif.bytes(), 'ERR_SHAPE_TOO_LARGE', { pages: -1 })
    assertMarked(pool)
    assert.equal((await ours(await animatedGif.bytes(), { pool })).kind, 'pixels')
  })

  test('one whose header is forged', async () => {
    await leavesUntouched(async (pool) => {
      const forged = resizedJpeg(bytes, 65_500, 65_500)
      await refuses(pool, forged, 'ERR_IMAGE_TOO_LARGE')
      await refuses(pool, forged, 'ERR_SHAPE_TOO_LARGE', { limitInputPixels: false })
      await refuses(pool, forged, 'ERR_SHAPE_TOO_LARGE', { limitInputPixels: 0 })
    })
  })

  test('one whose header is impossible', async () => {
    await leavesUntouched(async (pool) => {
      await refuses(pool, emptyPng(2_000_000_000, 2_000_000_000), 'ERR_IMAGE_CORRUPT')
      await refuses(pool, emptyPng(2_000_000_000, 1), 'ERR_IMAGE_CORRUPT')
    })
  })

  test('a bomb of 16000x17000', async () => {
    await leavesUntouched(async (pool) => {
      const bomb = emptyPng(16_000, 17_000)
      await refuses(pool, bomb, 'ERR_IMAGE_TOO_LARGE')
      await refuses(pool, bomb, 'ERR_SHAPE_TOO_LARGE', { limitInputPixels: false })
    })
  })

  test('a bomb that is whole', async () => {
    const bomb = blackPng(16_000, 16_000)
    assert.ok(bomb.length < 200_000)
    await leavesUntouched((pool) => refuses(pool, bomb, 'ERR_SHAPE_TOO_LARGE'))
  })

  test('one of a pixel more than limitInputPixels', async () => {
    await leavesUntouched(async (pool) => {
      const options = { limitInputPixels: 203 * 141 - 1 }
      await refuses(pool, bytes, 'ERR_IMAGE_TOO_LARGE', options)
      await refuses(pool, bytes, 'ERR_IMAGE_TOO_LARGE', { ...options, width: 10 })
      await refuses(pool, bytes, 'ERR_IMAGE_TOO_LARGE', { ...options, path: 'copy' })
    })
    using pool = makePool()
    assert.equal((await ours(bytes, { pool, limitInputPixels: 203 * 141 })).kind, 'pixels')
  })
})

test('a slot of exactly the bytes of a picture is filled to its end and not beyond', async () => {
  const expected = await sharps(bytes, {})
  using pool = new PixelPool({ slots: 3, slotBytes: 203 * 141 * 3 })
  const neighbours = [pool.acquire(whole(pool)), pool.acquire(whole(pool))]
  const middle = neighbours.pop()
  const last = pool.acquire(whole(pool))
  middle?.release()
  for (const { data } of [...neighbours, last]) data.fill(0xa5)
  for (const path of paths) {
    assert.equal(difference(await ours(bytes, { pool, path }), expected), null)
  }
  for (const neighbour of [...neighbours, last]) {
    assert.ok(neighbour.data.every((sample) => sample === 0xa5))
    neighbour.release()
  }
  assert.equal(checkEquation(pool).free, 3)
})

test('behind the pixels of a small picture its slot is untouched', async () => {
  using pool = makePool()
  for (const path of ['auto', 'direct'] as const) {
    for (const options of [{}, { width: 100 }, { channels: 4 }] as const) {
      mark(pool)
      using buffer = await decode(bytes, { ...options, pool, path })
      const behind = Buffer.from(buffer.data.buffer, buffer.byteLength)
      assert.ok(behind.every((byte) => byte === 0xa5))
    }
  }
})

test('an exhausted pool refuses before anything is read', async () => {
  using pool = makePool()
  const held = pool.acquire(whole(pool))
  for (const path of paths) {
    for (const input of [bytes, '/nowhere.jpg', garbage]) {
      await assert.rejects(
        decode(input, { pool, path }),
        refusal('ERR_POOL_EXHAUSTED', /^all 1 buffers are leased; release one first/),
      )
    }
  }
  held.release()
})

test('a closed pool refuses', async () => {
  const pool = makePool()
  pool.close()
  for (const path of paths) {
    await assert.rejects(decode(bytes, { pool, path }), hasCode('ERR_POOL_CLOSED'))
  }
  await assert.rejects(firstOf(bytes, { pool, rows: 10 }), hasCode('ERR_POOL_CLOSED'))
})

test('an onProgress that throws rejects with its error, is called no more, and loses no slot', async () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 2000 * 1500 * 3 })
  const warnings: string[] = []
  const listener = ({ message }: Error): number => warnings.push(message)
  process.on('warning', listener)
  for (const path of paths) {
    let calls = 0
    const onProgress = (): void => {
      throw new Error(`mine, ${++calls}`)
    }
    const decoding = decode(await largeJpeg.bytes(), { pool, path, onProgress })
    await assert.rejects(decoding, /^Error: mine, 1$/)
    await until('the slot is free', () => checkEquation(pool).free === 1)
    assert.equal(calls, 1)
  }
  process.off('warning', listener)
  assert.deepEqual(warnings, [])
})

test('a picture that has to be turned is refused by one byte, too', async () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 203 * 141 * 3 - 1 })
  mark(pool)
  for (const picture of orientedJpegs) {
    await refuses(pool, await picture.bytes(), 'ERR_SHAPE_TOO_LARGE', { autoOrient: true })
  }
  assertMarked(pool)
})

type Options = Parameters<typeof decode>[1]

function makePool(): PixelPool {
  return new PixelPool({ slots: 1, slotBytes })
}

/** Calls as JavaScript may, whatever the types say. */
async function call(method: (...given: never[]) => unknown, ...given: unknown[]): Promise<unknown> {
  return Reflect.apply(method, null, given)
}

/** strips() may refuse when it is called or when it is first pulled. */
async function firstOf(...given: unknown[]): Promise<unknown> {
  const reader: ReturnType<typeof strips> = Reflect.apply(strips, null, given)
  return reader.next()
}

async function refuses(
  pool: PixelPool,
  input: Parameters<typeof decode>[0],
  code: PoolErrorCode,
  options: Omit<Options, 'pool'> = {},
): Promise<void> {
  await assert.rejects(decode(input, { ...options, pool }), hasCode(code))
  assert.equal(checkEquation(pool).free, 1)
}

/** By every path, and by metadata() and strips(), too; the slot is as it was. */
async function refusesEverywhere(input: string | Buffer, code: PoolErrorCode): Promise<void> {
  await leavesUntouched(async (pool) => {
    for (const path of paths) await refuses(pool, input, code, { path })
    await assert.rejects(metadata(input), hasCode(code))
    await assert.rejects(firstOf(input, { pool, rows: 10 }), hasCode(code))
  })
}

async function leavesUntouched(attempt: (pool: PixelPool) => Promise<void>): Promise<void> {
  using pool = makePool()
  mark(pool)
  await attempt(pool)
  assertMarked(pool)
}

/** Fills the one slot of a pool. */
function mark(pool: PixelPool): void {
  using buffer = pool.acquire(whole(pool))
  buffer.data.fill(0xa5)
}

function assertMarked(pool: PixelPool): void {
  using buffer = pool.acquire(whole(pool))
  assert.ok(buffer.data.every((byte) => byte === 0xa5))
}

function whole({ slotBytes }: PixelPool): { width: number; height: number; channels: 1 } {
  return { width: slotBytes, height: 1, channels: 1 }
}

function hasCode(code: PoolErrorCode): (error: unknown) => true {
  return refusal(code, /^/)
}

/** A value as messages show it. */
function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
