import assert from 'node:assert/strict'
import sharp from 'sharp'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { encode } from '../../../src/sharp/index.js'
import { Pipe } from './pipe.js'
import { places } from './places.js'
import { play } from './scenario.js'

const shape = { width: 16, height: 16 } // 1024 bytes
const old = 0x11
const next = 0x22
const read = 0x33

await play({
  readUnpinned,
  readPinned,
  sharpUnpinned,
  sharpPinned: () => sharpKept(pinned),
  sharpEncoded: () => sharpKept((buffer) => encode(buffer, (image) => image.raw())),
})

async function readUnpinned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  using pipe = new Pipe()
  const buffer = filled(pool, old)
  const reading = pipe.read(buffer.data)
  buffer.release()
  const tenant = filled(pool, next)
  pipe.write(new Uint8Array(100).fill(read))
  assert.equal(await reading, 100)
  assert.deepEqual(tenant.data.subarray(98, 102), new Uint8ClampedArray([read, read, next, next]))
  tenant.release()
}

async function readPinned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  using pipe = new Pipe()
  const buffer = filled(pool, old)
  const { data } = buffer
  const reading = buffer.pin((pixels) => pipe.read(pixels))
  buffer.release()
  assert.equal(data.length, 0)
  assert.equal(places(pool), '1 pinned')
  assert.equal(pool.tryAcquire(), null)
  const waiting = pool.acquireAsync(undefined, { timeout: 10_000 })
  pipe.write(new Uint8Array(100).fill(read))
  assert.equal(await reading, 100)
  const tenant = await waiting
  tenant.data.fill(next)
  assert.ok(tenant.data.every((sample) => sample === next))
  tenant.release()
  assert.equal(places(pool), '1 free')
}

async function sharpUnpinned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  using pipe = new Pipe()
  const buffer = filled(pool, old)
  const blocked = pipe.read(new Uint8Array(1))
  const image = sharp(buffer.data, { raw: buffer.raw }).raw().toBuffer()
  buffer.release()
  const tenant = filled(pool, next)
  pipe.write(new Uint8Array(1))
  await blocked
  assert.ok((await image).every((sample) => sample === next))
  tenant.release()
}

/** The slot is held until sharp is done, and the picture is the one that was there. */
async function sharpKept(start: (buffer: PixelBuffer) => Promise<Buffer>): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  using pipe = new Pipe()
  const buffer = filled(pool, old)
  const blocked = pipe.read(new Uint8Array(1))
  const image = start(buffer)
  buffer.release()
  assert.equal(pool.tryAcquire(), null)
  assert.equal(places(pool), '1 pinned')
  pipe.write(new Uint8Array(1))
  await blocked
  assert.ok((await image).every((sample) => sample === old))
  assert.equal(places(pool), '1 free')
  filled(pool, next).release()
}

function pinned(buffer: PixelBuffer): Promise<Buffer> {
  return buffer.pin((data) => sharp(data, { raw: buffer.raw }).raw().toBuffer())
}

function filled(pool: PixelPool, sample: number): PixelBuffer<'uchar'> {
  const buffer = pool.acquire()
  buffer.data.fill(sample)
  return buffer
}
