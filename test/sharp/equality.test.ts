import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { PixelPool } from '../../src/index.js'
import { codec, decode, type ImageInput } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { corrupted, truncated } from './damage.js'
import {
  animatedGif,
  baselineJpeg,
  largePictures,
  oneOfEachFormat,
  type Picture,
  pictures,
  rgbaPng,
} from './pictures.js'
import { difference, isOldSharp, type Outcome, ours, sharps } from './reference.js'
import { isResized, type Request, requests, shrinking } from './requests.js'

const paths = ['direct', 'copy'] as const
const slotBytes = 16_000_000

test('the libvips of this sharp can be used', () => {
  const { path, version, reason } = codec()
  assert.deepEqual(
    { path, version, reason },
    {
      path: 'direct',
      version: sharp.versions.vips,
      reason: null,
    },
  )
})

describe('whatever is asked of it, the pixels are those of sharp, byte for byte:', () => {
  for (const picture of pictures) {
    test(picture.name, () => agrees(picture, requests))
  }
})

describe('shrunk while it is loaded, the pixels are those of sharp, byte for byte:', () => {
  for (const picture of largePictures) {
    test(picture.name, () => agrees(picture, shrinking))
  }
})

describe('truncated anywhere, it is refused where sharp refuses it and else the same:', () => {
  for (const picture of oneOfEachFormat) {
    test(picture.name, async () => {
      const whole = await picture.bytes()
      for (const share of [0.02, 0.1, 0.3, 0.5, 0.7, 0.95, 0.999]) {
        await agrees({ ...picture, bytes: async () => truncated(whole, share) }, tolerances)
      }
    })
  }
})

describe('with noise in its middle, it is refused where sharp refuses it and else the same:', () => {
  for (const picture of oneOfEachFormat) {
    test(picture.name, async () => {
      const whole = await picture.bytes()
      for (const seed of [1, 2, 3, 4, 5]) {
        await agrees({ ...picture, bytes: async () => corrupted(whole, seed) }, tolerances)
      }
    })
  }
})

describe('the same picture comes from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  after(() => rmSync(folder, { recursive: true }))

  for (const name of ['plain.jpg', 'noextension', 'a[shrink=2].jpg', 'ein schönes 図.jpg']) {
    test(`a file named ${name}`, async () => {
      const file = join(folder, name)
      writeFileSync(file, await baselineJpeg.bytes())
      await isBaseline(file)
    })
  }

  test('a file of another format than its name tells', async () => {
    const file = join(folder, 'really-a.png')
    writeFileSync(file, await baselineJpeg.bytes())
    await isBaseline(file)
  })

  test('a file in a folder with brackets and percent signs in its name', async () => {
    mkdirSync(join(folder, '[100%25]'))
    const file = join(folder, '[100%25]', 'plain.jpg')
    writeFileSync(file, await baselineJpeg.bytes())
    await isBaseline(file)
  })

  test('a Uint8Array in the middle of its memory', async () => {
    const bytes = await baselineJpeg.bytes()
    const memory = new Uint8Array(bytes.length + 100).fill(0xff)
    memory.set(bytes, 61)
    await isBaseline(memory.subarray(61, 61 + bytes.length))
  })

  test('an ArrayBuffer', async () => {
    const bytes = await baselineJpeg.bytes()
    const memory = new ArrayBuffer(bytes.length)
    new Uint8Array(memory).set(bytes)
    await isBaseline(memory)
  })

  test('a DataView', async () => {
    const { buffer, byteOffset, byteLength } = await baselineJpeg.bytes()
    await isBaseline(new DataView(buffer, byteOffset, byteLength))
  })

  test('a Float64Array', async () => {
    const bytes = await baselineJpeg.bytes()
    const memory = new Float64Array(Math.ceil(bytes.length / 8)) // what follows a JPEG is nothing
    new Uint8Array(memory.buffer).set(bytes)
    await isBaseline(memory)
  })

  test('a view of a SharedArrayBuffer', async () => {
    const bytes = await baselineJpeg.bytes()
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 8), 8)
    shared.set(bytes)
    await isBaseline(shared)
  })

  test("a Buffer in Node's own pool of small ones", async () => {
    const bytes = await rgbaPng.bytes()
    const image = sharp(bytes).resize(6).png({ compressionLevel: 9 })
    const few = Buffer.from(Array.from(await image.toBuffer()))
    assert.notEqual(few.byteLength, few.buffer.byteLength)
    await isAsSharps(few, few)
  })
})

describe('many pictures at once', () => {
  test('are each what they are one by one', async () => {
    using pool = new PixelPool({ slots: 8, slotBytes: 1_000_000 })
    const wanted = await Promise.all(
      pictures.slice(0, 40).map(async (picture) => {
        const bytes = await picture.bytes()
        return { picture, bytes, expected: await sharps(bytes, { width: 60 }) }
      }),
    )
    const differences: string[] = []
    const workOff = async (): Promise<void> => {
      for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
        const our = await ours(next.bytes, { pool, width: 60 })
        const told = difference(our, next.expected)
        if (told !== null) differences.push(`${next.picture.name}: ${told}`)
      }
    }
    await Promise.all(Array.from({ length: 8 }, workOff))
    assert.deepEqual(differences, [])
    assert.equal(checkEquation(pool).free, 8)
  })
})

describe('what decode() tells besides', () => {
  test('is progress, never less than before and 1 at the end', async () => {
    using pool = new PixelPool({ slots: 1, slotBytes })
    for (const picture of [...largePictures, animatedGif]) {
      for (const path of paths) {
        const told: number[] = []
        const onProgress = (fraction: number): number => told.push(fraction)
        using _ = await decode(await picture.bytes(), { pool, path, onProgress })
        const sorted = [...told].sort((a, b) => a - b)
        assert.deepEqual(told, sorted, `${picture.name}, ${path}`)
        assert.ok((told[0] ?? -1) >= 0)
        assert.equal(told.at(-1), 1)
      }
    }
  })
})

const tolerances: readonly Request[] = [
  { name: 'as it is', options: {} },
  { name: 'failing on none', options: { failOn: 'none' } },
  { name: 'failing on truncation', options: { failOn: 'truncated' } },
  { name: 'failing on errors', options: { failOn: 'error' } },
  { name: 'failing on none, 50 wide', options: { failOn: 'none', width: 50 } },
]

async function agrees(picture: Picture, asked: readonly Request[]): Promise<void> {
  using pool = new PixelPool({ slots: 1, slotBytes })
  const bytes = await picture.bytes()
  const differences: string[] = []
  for (const request of asked) {
    const expected = await sharps(bytes, request.options)
    for (const path of paths) {
      if (path === 'direct' && (isTurnedFirst(picture, request) || isLost(expected))) continue
      const our = await ours(bytes, { ...request.options, pool, path })
      const told = difference(our, expected)
      if (told !== null) differences.push(`${request.name}, ${path}: ${told}`)
    }
  }
  assert.deepEqual(differences, [])
  assert.equal(checkEquation(pool).free, 1)
}

function isTurnedFirst({ orientation }: Picture, { options }: Request): boolean {
  return isOldSharp() && orientation > 1 && options.autoOrient === true && isResized(options)
}

/** sharp before 0.35 refuses several pages of a format that has none, over its own output. */
function isLost(outcome: Outcome): boolean {
  return outcome.kind === 'refused' && /field "n-pages" not found/.test(String(outcome.error))
}

async function isBaseline(input: ImageInput): Promise<void> {
  await isAsSharps(input, await baselineJpeg.bytes())
}

async function isAsSharps(input: ImageInput, bytes: Buffer): Promise<void> {
  using pool = new PixelPool({ slots: 1, slotBytes: 200_000 })
  const expected = await sharps(bytes, {})
  assert.equal(expected.kind, 'pixels')
  for (const path of paths) {
    assert.equal(difference(await ours(input, { pool, path }), expected), null, path)
  }
}
