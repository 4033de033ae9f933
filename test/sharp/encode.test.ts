import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import sharp from 'sharp'
import { PixelPool } from '../../src/index.js'
import { encode } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { invalid, refusal } from '../refusal.js'
import { noPageHeight } from './reference.js'

const makePool = (slots = 1): PixelPool =>
  new PixelPool({ slots, shape: { width: 64, height: 32, channels: 3 } })

test('a buffer is encoded from its slot, byte for byte as from a plain one', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  for (const [i] of buffer.data.entries()) buffer.data[i] = (i * 31) % 256
  const plain = Buffer.from(buffer.data)
  const expected = await sharp(plain, { raw: { width: 64, height: 32, channels: 3 } })
    .resize(20)
    .webp()
    .toBuffer()
  const actual = await encode(buffer, (image) => image.resize(20).webp())
  assert.ok(expected.equals(actual))
})

test('pages become the frames of an animation', { skip: noPageHeight }, async () => {
  using pool = new PixelPool({ slots: 1, shape: { width: 20, height: 20, pages: 3 } })
  const buffer = pool.acquire()
  for (const [i] of buffer.data.entries()) buffer.data[i] = i % 4 === 3 ? 255 : (i * 7) % 251
  const gif = await encode(buffer, (image) => image.gif({ delay: [10, 20, 30] }))
  const { pages, pageHeight, delay } = await sharp(gif, { animated: true }).metadata()
  assert.equal(pages, 3)
  assert.equal(pageHeight, 20)
  assert.deepEqual(delay, [10, 20, 30])
})

test('a pipeline that the callback runs itself is awaited', async () => {
  using pool = makePool()
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  const buffer = pool.acquire()
  const info = await encode(buffer, (image) => image.png().toFile(join(folder, 'a.png')))
  assert.equal(info.format, 'png')
  assert.equal(info.width, 64)
  rmSync(folder, { recursive: true })
})

test('the slot is pinned until sharp has read it, so a release may come at once', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  buffer.data.fill(200)
  const encoded = encode(buffer, (image) => image.png())
  buffer.release()
  assert.equal(checkEquation(pool).pinned, 1)
  assert.equal(pool.tryAcquire(), null)
  const pixels = await sharp(await encoded)
    .raw()
    .toBuffer()
  assert.ok(pixels.every((sample) => sample === 200))
  assert.equal(checkEquation(pool).free, 1)
})

test("sharp's errors and the callback's come through and end the pin", async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  await assert.rejects(
    encode(buffer, (image) => image.extract({ left: 60, top: 0, width: 10, height: 10 })),
    /bad extract area/,
  )
  await assert.rejects(
    encode(buffer, () => {
      throw new Error('mine')
    }),
    /mine/,
  )
  buffer.release()
  assert.equal(checkEquation(pool).free, 1)
})

test('refuses what is no buffer or no function, and a released buffer', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const refuse = (...given: unknown[]): Promise<unknown> => Reflect.apply(encode, null, given)
  await assert.rejects(refuse(buffer.data), invalid(/^buffer must be a PixelBuffer, got/))
  await assert.rejects(refuse(buffer, 'webp'), invalid("pipeline must be a function, got 'webp'"))
  await assert.rejects(
    refuse(buffer, () => 3),
    invalid('pipeline must be a function that answers a sharp instance or a promise, got 3'),
  )
  buffer.release()
  await assert.rejects(
    encode(buffer, (image) => image.png()),
    refusal(
      'ERR_BUFFER_RELEASED',
      'pin() was called after release() or move(); acquire a new buffer',
    ),
  )
})
