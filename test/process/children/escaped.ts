import assert from 'node:assert/strict'
import type { PixelBuffer, PixelPool } from '../../../src/index.js'
import { collectAll, untilCollected } from './garbage.js'
import { places } from './places.js'

export const shape = { width: 16, height: 16 } as const // 1024 bytes
export const old = 0x11
const next = 0x22

/** What the user took away: the only thing that holds it is this object. */
export interface Escaped {
  memory: ArrayBuffer | null
}

/** The buffer is released while its memory can be reached elsewhere; then that is dropped. */
export async function staysAway(
  pool: PixelPool,
  buffer: PixelBuffer,
  escaped: Escaped,
): Promise<void> {
  assert.throws(() => buffer.data, { code: 'ERR_BUFFER_ESCAPED' })
  assert.equal(places(pool), '1 leased')
  buffer.release()
  assert.equal(places(pool), '1 quarantined')
  await collectAll()
  assert.equal(places(pool), '1 quarantined')
  assert.equal(pool.tryAcquire(), null)
  assert.ok(sees(escaped, old))
  await comesBack(pool, escaped)
}

export async function comesBack(pool: PixelPool, escaped: Escaped): Promise<void> {
  escaped.memory = null
  await untilCollected('the memory was the last', () => pool.stats().free === 1)
  const tenant = pool.acquire()
  tenant.data.fill(next)
  assert.ok(tenant.data.every((sample) => sample === next))
  tenant.release()
  assert.equal(places(pool), '1 free')
}

export function filled(pool: PixelPool): PixelBuffer<'uchar'> {
  const buffer = pool.acquire()
  buffer.data.fill(old)
  return buffer
}

export function sees({ memory }: Escaped, sample: number): boolean {
  assert.equal(memory?.byteLength, 1024)
  return memory !== null && new Uint8Array(memory).every((each) => each === sample)
}
