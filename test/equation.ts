import assert from 'node:assert/strict'
import type { PixelArena, PixelPool, PoolStats } from '../src/index.js'
import type { Depth } from '../src/shape.js'
import type { ArenaStats } from '../src/stats.js'

/** Every slot is in one state at any instant, and every buffer is somewhere. */
export function checkEquation(pool: PixelPool<Depth>): PoolStats {
  const stats = pool.stats()
  check(stats)
  assert.equal(stats.leasedBytes, stats.leased * stats.slotBytes)
  return stats
}

/** The same of an arena, which also holds no more than its budget, and never did. */
export function checkArena(arena: PixelArena): ArenaStats {
  const stats = arena.stats()
  check(stats)
  assert.equal(stats.budgetBytes, arena.budget)
  assert.ok(stats.heldBytes <= stats.peakHeldBytes)
  assert.ok(stats.peakHeldBytes <= stats.budgetBytes)
  return stats
}

function check(stats: Omit<PoolStats, 'slotBytes' | 'leasedBytes'>): void {
  const { free, leased, pinned, quarantined, slots } = stats
  assert.equal(free + leased + pinned + quarantined, slots)
  assert.ok(stats.acquires >= stats.releases + stats.leaked)
  assert.ok(stats.residentBytes <= stats.reservedBytes)
  assert.ok(stats.peakLeased >= leased)
}
