import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { PixelPool, PoolError } from '../../src/index.js'
import { decode, type ImageOptions, metadata } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { refusal } from '../refusal.js'
import { emptyPng } from './damage.js'
import {
  animatedWebp,
  baselineJpeg,
  largePictures,
  largeTurnedJpeg,
  orientedJpegs,
  type Picture,
  pagedTiff,
  pictures,
} from './pictures.js'
import { requests, shrinking } from './requests.js'

const slotBytes = 16_000_000

describe("what a header tells is what sharp's metadata() tells of", () => {
  for (const picture of [...pictures, ...largePictures]) {
    test(picture.name, async () => {
      const bytes = await picture.bytes()
      const told = await sharp(bytes).metadata()
      const { format, width, height, channels, pages, orientation } = await metadata(bytes)
      assert.deepEqual(
        { format, width, height, channels, pages, orientation },
        {
          format: told.format,
          width: told.width,
          height: told.height,
          channels: told.channels,
          pages: told.pages ?? 1,
          orientation: told.orientation ?? 1,
        },
      )
    })
  }
})

describe('the shape that metadata() foretells is the one that decode() gives, of', () => {
  for (const picture of pictures) {
    test(picture.name, () => foretells(picture, requests))
  }
  for (const picture of largePictures) {
    test(picture.name, () => foretells(picture, shrinking))
  }
})

test('a slot of as many bytes as metadata() tells is enough, and one byte less is not', async () => {
  const asked: [Picture, ImageOptions][] = [
    [baselineJpeg, {}],
    [baselineJpeg, { width: 100, channels: 4 }],
    [animatedWebp, { pages: -1, height: 20 }],
    ...[...orientedJpegs, largeTurnedJpeg].map((picture): [Picture, ImageOptions] => {
      return [picture, { autoOrient: true }]
    }),
    [largeTurnedJpeg, { autoOrient: true, width: 300 }],
  ]
  for (const [picture, options] of asked) {
    const bytes = await picture.bytes()
    const { slotBytes, shape } = await metadata(bytes, options)
    assert.ok(slotBytes >= shape.byteLength)
    for (const path of ['auto', 'direct', 'copy'] as const) {
      using exact = new PixelPool({ slots: 1, slotBytes })
      using buffer = await decode(bytes, { ...options, pool: exact, path })
      assert.deepEqual(buffer.shape, shape)
      using small = new PixelPool({ slots: 1, slotBytes: slotBytes - 1 })
      await assert.rejects(
        decode(bytes, { ...options, pool: small, path }),
        refusal('ERR_SHAPE_TOO_LARGE', new RegExp(` needs ${slotBytes} bytes, a slot has `)),
      )
      assert.equal(checkEquation(small).free, 1)
    }
  }
})

test('a picture that is too large to be decoded is told of', async () => {
  const { width, height, slotBytes } = await metadata(emptyPng(16_000, 16_000))
  assert.deepEqual({ width, height }, { width: 16_000, height: 16_000 })
  assert.equal(slotBytes, 16_000 * 16_000 * 3)
})

test('the file of a path is told of as its bytes are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  const file = join(folder, 'pages[n=2].bin')
  const bytes = await pagedTiff.bytes()
  writeFileSync(file, bytes)
  assert.deepEqual(await metadata(file, { pages: -1 }), await metadata(bytes, { pages: -1 }))
  rmSync(folder, { recursive: true })
})

test('metadata() may be asked without a pool, many times at once', async () => {
  const bytes = await Promise.all(pictures.map((picture) => picture.bytes()))
  const told = await Promise.all(bytes.map((each) => metadata(each)))
  const again = await Promise.all(bytes.map((each) => metadata(each, {})))
  assert.deepEqual(told, again)
})

async function foretells(picture: Picture, asked: typeof requests): Promise<void> {
  using pool = new PixelPool({ slots: 1, slotBytes })
  const bytes = await picture.bytes()
  const wrong: string[] = []
  for (const { name, options } of asked) {
    const foretold = await outcome(() => metadata(bytes, options))
    const given = await outcome(async () => {
      using buffer = await decode(bytes, { ...options, pool })
      return buffer
    })
    if (foretold !== given) wrong.push(`${name}: ${foretold} foretold, ${given} given`)
  }
  assert.deepEqual(wrong, [])
  assert.equal(checkEquation(pool).free, 1)
}

/** A shape in words, or the code of a refusal. */
async function outcome(ask: () => Promise<Pick<Told, 'shape'>>): Promise<string> {
  try {
    return JSON.stringify((await ask()).shape)
  } catch (error) {
    assert.ok(error instanceof PoolError, `a PoolError, got ${error}`)
    return error.code
  }
}

type Told = Awaited<ReturnType<typeof metadata>>
