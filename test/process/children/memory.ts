import assert from 'node:assert/strict'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { collectAll } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'
import { sees } from './sees.js'

const { rss } = process.memoryUsage
const mb = 1_000_000
const frame = { width: 1920, height: 1080 }
const frameBytes = 1920 * 1080 * 4
const slots = 12 // 100 MB

await play({ trimmed, closed, closedWithBufferInHand, closedWhilePinned, oddSlots })

async function trimmed(): Promise<void> {
  const pool = new PixelPool({ slots, shape: frame })
  const before = await settled()
  for (let round = 1; round <= 2; round++) {
    const touched = touchAll(pool)
    for (const each of touched) each.release()
    assert.ok(rss() > before + 0.9 * slots * frameBytes)
    const bytes = pool.trim()
    assert.ok(rss() < before + 5 * mb, `${rss() - before} bytes are left`)
    assert.ok(bytes >= slots * frameBytes)
    assert.equal(pool.stats().trimmedBytes, bytes * round)
    assert.equal(pool.trim(), 0)
  }
  assert.ok(sees(pool.acquire().data, 0))
}

async function closed(): Promise<void> {
  const pool = new PixelPool({ slots, shape: frame })
  const before = await settled()
  for (const each of touchAll(pool)) each.release()
  assert.ok(rss() > before + 0.9 * slots * frameBytes)
  pool.close()
  assert.ok(rss() < before + 5 * mb, `${rss() - before} bytes are left`)
}

async function closedWithBufferInHand(): Promise<void> {
  const pool = new PixelPool({ slots, shape: frame })
  const before = await settled()
  const [first, second, ...others] = touchAll(pool)
  assert.ok(first !== undefined && second !== undefined)
  for (const each of others) each.release()
  pool.close()
  const inHand = rss() - before
  assert.ok(1.9 * frameBytes < inHand && inHand < 2 * frameBytes + 5 * mb, `${inHand}`)
  assert.ok(sees(first.data, 1))
  first.data.fill(9)
  second.release()
  assert.ok(rss() - before < frameBytes + 5 * mb)
  await collectAll()
  assert.ok(sees(first.data, 9))
  const retained = first.retain()
  first.release()
  assert.ok(sees(retained.data, 9))
  retained.release()
  assert.ok(rss() - before < 5 * mb, `${rss() - before} bytes are left`)
  assert.equal(places(pool), `${slots} free`)
}

async function closedWhilePinned(): Promise<void> {
  const pool = new PixelPool({ slots, shape: frame })
  const before = await settled()
  const touched = touchAll(pool)
  let finish = (): void => {}
  const work = new Promise<void>((resolve) => {
    finish = resolve
  })
  const pin = touched[0]?.pin(() => work)
  for (const each of touched) each.release()
  pool.close()
  const held = rss() - before
  assert.ok(0.9 * frameBytes < held && held < frameBytes + 5 * mb, `${held}`)
  finish()
  await pin
  assert.ok(rss() - before < 5 * mb, `${rss() - before} bytes are left`)
}

function oddSlots(): void {
  const slotBytes = 1_000_000
  const shape = { width: 1000, height: 1000, channels: 1 } as const
  const count = 8
  const pool = new PixelPool({ slots: count, slotBytes })
  const buffers = Array.from({ length: count }, () => pool.acquire(shape))
  for (const [i, { data }] of buffers.entries()) {
    assert.equal(data.length, slotBytes)
    assert.equal(data.buffer.byteLength, slotBytes)
    data.fill(i + 1)
  }
  for (let gone = 0; gone < count; gone++) {
    buffers[gone]?.release()
    const bytes = pool.trim()
    assert.ok(slotBytes <= bytes && bytes < slotBytes + 65_536, `${bytes}`)
    const again = pool.acquire(shape)
    assert.ok(sees(again.data, 0))
    buffers[gone] = again
    for (const [i, { data }] of buffers.entries()) {
      const expected = i <= gone ? 0 : i + 1
      assert.ok(sees(data, expected))
    }
  }
  assert.equal(places(pool), `${count} leased`)
}

/** What is in memory once what the code itself needs has been loaded and tidied up. */
async function settled(): Promise<number> {
  const other = new PixelPool({ slots: 2, shape: frame })
  for (const each of touchAll(other)) each.release()
  other.trim()
  other.close()
  await collectAll()
  return rss()
}

function touchAll(pool: PixelPool): PixelBuffer<'uchar'>[] {
  const buffers: PixelBuffer<'uchar'>[] = []
  for (let buffer = pool.tryAcquire(); buffer !== null; buffer = pool.tryAcquire()) {
    buffers.push(buffer)
    buffer.data.fill(1)
  }
  return buffers
}
