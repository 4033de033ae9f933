import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { PixelPool } from '../../src/index.js'
import { decode } from '../../src/sharp/index.js'
import { checkEquation } from '../equation.js'
import { invalid, refusal } from '../refusal.js'
import { noPageHeight } from './reference.js'

const photo = fileURLToPath(
  new URL('../../../examples/photos/Picture_1A_by_freespace.jpg', import.meta.url),
)
const makePool = (slots = 2): PixelPool =>
  new PixelPool({ slots, shape: { width: 1365, height: 1074 } })

test('a photo is decoded into a slot, byte for byte as sharp does it', async () => {
  using pool = makePool()
  const expected = await sharp(photo).raw().toBuffer()
  for (const input of [photo, readFileSync(photo), sharp(photo)]) {
    const buffer = await decode(input, { pool })
    assert.deepEqual(buffer.raw, { width: 1365, height: 1074, channels: 3 })
    assert.equal(buffer.depth, 'uchar')
    assert.ok(expected.equals(new Uint8Array(buffer.data.buffer, 0, buffer.byteLength)))
    buffer.release()
  }
  assert.equal(checkEquation(pool).free, 2)
})

test('a sharp instance keeps its operations, its depth and its pages', {
  skip: noPageHeight,
}, async () => {
  using pool = makePool()
  const small = await decode(sharp(photo).resize(64, 48).ensureAlpha().raw({ depth: 'ushort' }), {
    pool,
  })
  assert.deepEqual(small.raw, { width: 64, height: 48, channels: 4 })
  assert.ok(small.data instanceof Uint16Array)

  const frames = Buffer.alloc(20 * 60 * 4)
  for (let i = 0; i < frames.length; i++) frames[i] = i % 4 === 3 ? 128 : (i * 7) % 251
  const raw = { width: 20, height: 60, channels: 4, pageHeight: 20 } as const
  const webp = await sharp(frames, { raw }).webp({ lossless: true }).toBuffer()
  const moving = await decode(sharp(webp, { animated: true }), { pool })
  assert.deepEqual(moving.raw, raw)
  assert.equal(moving.pages, 3)
  assert.equal(moving.height, 20)
  const expected = await sharp(webp, { animated: true }).raw().toBuffer()
  assert.ok(expected.equals(new Uint8Array(moving.data.buffer, 0, moving.byteLength)))
})

test("sharp's own output is freed at once", async () => {
  using pool = makePool(1)
  const before = process.memoryUsage().external
  for (let i = 0; i < 20; i++) (await decode(photo, { pool })).release()
  await new Promise((resolve) => setImmediate(resolve))
  const growth = process.memoryUsage().external - before
  assert.ok(growth < 3 * 1365 * 1074 * 3, `external memory grew by ${growth} bytes`)
})

test('a pool without revocation decodes too, and detaches nothing', async () => {
  using pool = new PixelPool({ slots: 1, shape: { width: 1365, height: 1074 }, revoke: false })
  const buffer = await decode(photo, { pool })
  assert.equal(buffer.width, 1365)
  buffer.release()
  assert.equal(checkEquation(pool).free, 1)
})

test('an exhausted or closed pool refuses before anything is decoded', async () => {
  const pool = makePool(1)
  const held = pool.acquire()
  const image = sharp(photo)
  await assert.rejects(
    decode(image, { pool }),
    refusal('ERR_POOL_EXHAUSTED', /^all 1 buffers are leased/),
  )
  held.release()
  pool.close()
  await assert.rejects(
    decode(image, { pool }),
    refusal('ERR_POOL_CLOSED', 'acquire() was called on a closed pool; make a new one'),
  )
})

test('with wait the line is joined, and everybody is decoded in his turn', async () => {
  using pool = makePool(2)
  const held = pool.acquire()
  const order: number[] = []
  const decodes = Array.from({ length: 6 }, async (_, i) => {
    const path = i % 2 === 0 ? 'direct' : 'copy'
    const buffer = await decode(photo, { pool, width: 64, wait: true, path })
    order.push(i)
    assert.equal(checkEquation(pool).leased, 2)
    buffer.release()
  })
  await Promise.all(decodes)
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5])
  held.release()
  assert.equal(checkEquation(pool).free, 2)
})

test('who waits to decode may be called off, and a pool that is closed sends him away', async () => {
  const pool = makePool(1)
  const held = pool.acquire()
  const controller = new AbortController()
  const called = decode(photo, { pool, wait: true, signal: controller.signal })
  const sent = decode(photo, { pool, wait: true })
  assert.equal(pool.stats().waiting, 2)
  const reason = new Error('the request was closed')
  controller.abort(reason)
  await assert.rejects(called, reason)
  assert.equal(pool.stats().waiting, 1)
  pool.close()
  await assert.rejects(sent, { code: 'ERR_POOL_CLOSED' })
  held.release()
  assert.equal(checkEquation(pool).free, 1)
  await assert.rejects(
    Reflect.apply(decode, null, [photo, { pool, wait: 1 }]),
    refusal('ERR_INVALID_ARGUMENT', 'wait must be true or false, got 1'),
  )
})

test('an image that does not fit is refused and its slot is free again', async () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 1000 })
  await assert.rejects(
    decode(photo, { pool }),
    refusal('ERR_SHAPE_TOO_LARGE', /^1365x1074x3 uchar needs 4398030 bytes, a slot has 1000; /),
  )
  assert.equal(checkEquation(pool).free, 1)
})

test("a sharp instance's own errors come through and the slot is free again", async () => {
  using pool = makePool(1)
  const broken = readFileSync(photo).subarray(0, 300_000)
  await assert.rejects(decode(sharp(Buffer.from('no image')), { pool }), /unsupported image/)
  await assert.rejects(decode(sharp('/nowhere.jpg'), { pool }), /Input file is missing/)
  await assert.rejects(decode(sharp(broken), { pool }), /VipsJpeg/)
  assert.equal(checkEquation(pool).free, 1)
})

test('an abort rejects at once with the reason, and the slot comes back', async () => {
  using pool = makePool(1)
  const controller = new AbortController()
  const decoding = decode(photo, { pool, signal: controller.signal })
  assert.equal(pool.stats().leased, 1)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(decoding, reason)
  assert.equal(checkEquation(pool).leased, 0)
  await assert.rejects(decode(photo, { pool, signal: AbortSignal.abort(reason) }), reason)
  const next = await pool.acquireAsync() // waits until libvips has stopped
  next.release()
  const again = await decode(photo, { pool, signal: new AbortController().signal })
  again.release()
  assert.equal(checkEquation(pool).free, 1)
})

test('no more images are decoded at once than the pool has slots', async () => {
  using pool = makePool(2)
  const results = await Promise.allSettled([1, 2, 3].map(() => decode(photo, { pool })))
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  )
})

test('an output that is not what sharp tells of it is refused, and its slot is free again', async (t) => {
  using pool = makePool(1)
  const image = sharp(photo)
  const info = { width: 4, height: 4, channels: 3 }
  t.mock.method(image, 'toBuffer', async () => ({ data: Buffer.alloc(47), info }))
  await assert.rejects(
    decode(image, { pool }),
    refusal(
      'ERR_UNSUPPORTED_RUNTIME',
      'sharp tells of 4x4x3 uchar and gives 47 bytes; use sharp 0.33 or later',
    ),
  )
  assert.equal(checkEquation(pool).free, 1)
})

test('refuses what is no pool, no signal, no input', async () => {
  using pool = makePool()
  const refuse = (...given: unknown[]): Promise<unknown> => Reflect.apply(decode, null, given)
  await assert.rejects(
    refuse(photo),
    invalid('options must be an object with a pool, got undefined'),
  )
  await assert.rejects(
    refuse(photo, {}),
    invalid('pool must be a PixelPool or a PixelArena, got undefined'),
  )
  await assert.rejects(
    refuse(photo, { pool, signal: 3 }),
    invalid('signal must be an AbortSignal, got 3'),
  )
  await assert.rejects(
    refuse(null, { pool }),
    invalid('input must be a path, a Buffer, a typed array or an ArrayBuffer, got null'),
  )
  assert.equal(pool.stats().acquires, 0)
})

test('an abort in the very moment of success loses no slot', async (t) => {
  for (let turns = 0; turns < 12; turns++) {
    using pool = makePool(1)
    const controller = new AbortController()
    const image = sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    const output = await sharp(await image.png().toBuffer())
      .raw()
      .toBuffer({ resolveWithObject: true })
    t.mock.method(image, 'toBuffer', async () => output)
    const decoding = decode(image, { pool, signal: controller.signal })
    for (let i = 0; i < turns; i++) await null
    controller.abort()
    await decoding.then(
      (buffer) => buffer.release(),
      (reason) => assert.equal(reason, controller.signal.reason),
    )
    assert.equal(checkEquation(pool).free, 1)
  }
})
