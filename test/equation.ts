import assert from 'node:assert/strict'
import type { PixelPool, PoolStats } from '../src/index.js'
import type { Depth } from '../src/shape.js'

/** Every slot is in one state at any instant, and every buffer is somewhere. */
export function checkEquation(pool: PixelPool<Depth>): PoolStats {
  const stats = pool.stats()
  const { free, leased, pinned, quarantined, slots } = stats
  assert.equal(free + leased + pinned + quarantined, slots)
  assert.ok(stats.acquires >= stats.releases + stats.leaked)
  assert.equal(stats.leasedBytes, leased * stats.slotBytes)
  assert.ok(stats.residentBytes <= stats.reservedBytes)
  assert.ok(stats.peakLeased >= leased)
  return stats
}
