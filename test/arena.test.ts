import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PixelArena } from '../src/index.js'
import { scratchDirectory } from './scratch-directory.js'

const small = { width: 128, height: 128 } as const // 65,536 bytes
const large = { width: 512, height: 256 } as const // 524,288 bytes

test('an arena leases any shape, and holds no more than its budget', () => {
  using arena = new PixelArena({ budget: 1_048_576, hugePages: false })
  const first = arena.acquire(large)
  const second = arena.acquire(large)
  assert.equal(arena.tryAcquire(small), null)
  assert.equal(arena.stats().heldBytes, 1_048_576)
  first.release()
  const smalls = Array.from({ length: 8 }, () => arena.acquire(small))
  assert.equal(arena.stats().heldBytes, 524_288 + 8 * 65_536)
  assert.equal(arena.stats().peakHeldBytes, 1_048_576)
  for (const buffer of [second, ...smalls]) buffer.release()
})

test('who waits for a large one gets it when enough small ones are released', async () => {
  using arena = new PixelArena({ budget: 524_288, hugePages: false })
  const smalls = Array.from({ length: 8 }, () => arena.acquire(small))
  const wait = arena.acquireAsync(large)
  for (const buffer of smalls) {
    assert.equal(arena.stats().waiting, 1)
    buffer.release()
  }
  const buffer = await wait
  assert.equal(buffer.data.length, 524_288)
  assert.equal(arena.stats().heldBytes, 524_288)
  buffer.release()
})

test('a released size makes way for another, and no more of it than is needed', () => {
  using arena = new PixelArena({ budget: 1_048_576, hugePages: false, idle: false })
  const first = arena.acquire(large)
  const second = arena.acquire(large)
  first.release()
  const one = arena.acquire(small)
  const { heldBytes, idleBytes } = arena.stats()
  assert.equal(heldBytes, 1_048_576)
  assert.equal(idleBytes, 524_288 - 65_536)
  for (const each of [second, one]) each.release()
})

test('what a smaller tenant leaves of a slot is idle, and goes while it is leased', () => {
  using arena = new PixelArena({ budget: 131_072, hugePages: false, idle: false })
  arena.acquire(small).release()
  const dot = arena.acquire({ width: 1, height: 1 })
  dot.data.fill(7)
  const { leasedBytes, wastedBytes, idleBytes } = arena.stats()
  assert.equal(leasedBytes, 4)
  assert.equal(wastedBytes + 4 + idleBytes, 65_536)
  const most = 131_072 - wastedBytes - leasedBytes
  const rest = arena.acquire({ width: most / 4, height: 1 })
  rest.data.fill(1)
  assert.equal(arena.stats().idleBytes, 0)
  assert.deepEqual([...dot.data], [7, 7, 7, 7])
  assert.equal(arena.tryAcquire({ width: 1, height: 1 }), null)
  for (const each of [dot, rest]) each.release()
})

test('the smallest of buffers are as many as the budget has pages', () => {
  using arena = new PixelArena({ budget: '64MiB', idle: false })
  const dots = Array.from({ length: 1025 }, () => arena.tryAcquire({ width: 1, height: 1 }))
  for (const each of dots) each?.release()
  assert.ok(!dots.includes(null))
})

test('a refusal for want of disk space leaves idle memory where it is', (t) => {
  const directory = scratchDirectory(t)
  if (directory === null) return t.skip('no disk here can hold scratch')
  const scratch = [{ directory, limit: 65_536 }]
  using arena = new PixelArena({ budget: 131_072, hugePages: false, idle: false, scratch })
  const [kept, idle] = [
    arena.acquire({ width: 150, height: 150 }),
    arena.acquire({ width: 100, height: 100 }),
  ]
  const onDisk = arena.acquire(small)
  idle.release()
  const { idleBytes } = arena.stats()
  assert.equal(arena.tryAcquire(small), null)
  const after = arena.stats().idleBytes
  for (const each of [kept, onDisk]) each.release()
  assert.ok(idleBytes > 0)
  assert.equal(after, idleBytes)
})
