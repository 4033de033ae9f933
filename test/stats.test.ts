import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PixelArena, PixelPool } from '../src/index.js'
import { toArenaStats, toPoolStats } from '../src/stats.js'
import { checkArena } from './equation.js'

const native = {
  ...{ slots: 10, free: 6, leased: 3, pinned: 1, quarantined: 0, waiting: 2 },
  ...{ budgetBytes: 1000, heldBytes: 900, peakHeldBytes: 950, usedBytes: 700, askedBytes: 650 },
  ...{ scratchSlots: 1, scratchBytes: 64, peakScratchBytes: 128 },
  ...{ reservedBytes: 5000, residentBytes: 800, peakLeased: 4 },
  ...{ acquires: 9, releases: 5, exhausted: 2, leaked: 1 },
  ...{ trimmedBytes: 300, regrownBytes: 200, trimmingMs: 0.5 },
}

test('a pool tells of slots that are all alike', () => {
  const stats = toPoolStats(native, 64)
  assert.equal(stats.slotBytes, 64)
  assert.equal(stats.leasedBytes, 3 * 64)
  assert.equal('budgetBytes' in stats, false)
  assert.equal('scratchBytes' in stats, false)
})

test('an arena tells what its memory is for', () => {
  const stats = toArenaStats(native)
  assert.deepEqual(
    [stats.leasedBytes, stats.wastedBytes, stats.idleBytes, stats.heldBytes],
    [650, 50, 200, 900],
  )
  assert.equal('slotBytes' in stats, false)
})

test('what an arena tells are plain numbers under the names of the contract', () => {
  using arena = new PixelArena({ budget: 65_536 })
  const stats = checkArena(arena)
  const own = ['budgetBytes', 'heldBytes', 'idleBytes', 'peakHeldBytes', 'peakScratchBytes']
  using pool = new PixelPool({ slots: 1, slotBytes: 1 })
  const common = Object.keys(pool.stats()).filter((name) => name !== 'slotBytes')
  assert.deepEqual(
    Object.keys(stats).sort(),
    [...common, ...own, 'scratchBytes', 'scratchSlots', 'wastedBytes'].sort(),
  )
  for (const value of Object.values(stats)) assert.equal(typeof value, 'number')
})

/**
 * What the kernel has in memory of our mappings: those that no child inherits (dc) and no core dump
 * shows (dd). Not all kernels give them names.
 */
function residentInSlabs(): number {
  let resident = 0 // of the mapping that is read
  let bytes = 0
  for (const line of readFileSync('/proc/self/smaps', 'latin1').split('\n')) {
    if (line.startsWith('Rss:')) resident = 1024 * Number(line.match(/\d+/)?.[0])
    if (/^VmFlags:(?=.* dc\b)(?=.* dd\b)/.test(line)) bytes += resident
  }
  return bytes
}

for (const hugePages of [true, false]) {
  test(`residentBytes is what the kernel says, hugePages: ${hugePages}`, (t) => {
    if (process.platform !== 'linux') return t.skip('/proc/self/smaps is of Linux')
    using probe = new PixelPool({ slots: 1, slotBytes: 65_536 })
    probe.acquire({ width: 128, height: 128 }).data.fill(1)
    const before = residentInSlabs()
    assert.ok(before >= 65_536)
    using arena = new PixelArena({ budget: '64MiB', hugePages, idle: false })
    const buffers = [3, 100, 129, 512, 724, 1000, 1440, 1920].map((width) => {
      const buffer = arena.acquire({ width, height: width })
      buffer.data.fill(1)
      return buffer
    })
    const check = (): void => {
      const { residentBytes, heldBytes } = checkArena(arena)
      const told = residentInSlabs() - before
      assert.ok(Math.abs(residentBytes - told) <= 0.05 * told, `${residentBytes}, not ${told}`)
      assert.ok(residentBytes <= heldBytes)
    }
    check()
    for (const each of buffers.splice(0, 4)) each.release()
    check()
    arena.trim()
    check()
    for (const each of buffers) each.release()
    arena.trim()
    assert.equal(arena.stats().residentBytes, 0)
    assert.equal(residentInSlabs(), before)
  })
}
