import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toAdvice } from '../src/advice.js'
import { PixelArena, type PixelBuffer, PoolError } from '../src/index.js'

const small = { width: 128, height: 128 } as const // 65,536 bytes
const large = { width: 512, height: 256 } as const // 524,288 bytes
const kind = { hugePages: false, idle: false } as const

test('it names the sizes that were asked for, the smallest first', () => {
  const sizes = [3, 70_000, 2, 0, 0, 0, 9, 5000, 4]
  assert.deepEqual(toAdvice({ peakBytes: 200_000, sizes }, 1_000_000), {
    budget: 200_000,
    savedBytes: 800_000,
    classes: [
      { slotBytes: 5000, slots: 4, acquires: 9 },
      { slotBytes: 70_000, slots: 2, acquires: 3 },
    ],
  })
})

test('a size that was only refused is named too', () => {
  const advice = toAdvice({ peakBytes: 200_000, sizes: [0, 100, 1] }, 150_000)
  assert.deepEqual(advice.classes, [{ slotBytes: 100, slots: 1, acquires: 0 }])
  assert.equal(advice.savedBytes, -50_000)
})

test('an arena can be made with the budget, and has the largest size', () => {
  const { budget } = toAdvice({ peakBytes: 331_776, sizes: [1, 329_476, 1] }, 1_000_000)
  using arena = new PixelArena({ ...kind, budget })
  arena.acquire({ width: 287, height: 287 }).release()
  assert.equal(budget, 6 * 65_536)
  assert.equal(toAdvice({ peakBytes: 4096, sizes: [1, 4, 1] }, 65_536).savedBytes, 0)
})

test('a fresh arena advises nothing', () => {
  using arena = new PixelArena({ ...kind, budget: 1_048_576 })
  assert.deepEqual(arena.advise(), { budget: 0, savedBytes: 1_048_576, classes: [] })
})

test('what was held at once is the budget, whatever came before and after', () => {
  using arena = new PixelArena({ ...kind, budget: 1_048_576 })
  for (let i = 0; i < 5; i++) arena.acquire(large).release()
  const smalls = Array.from({ length: 3 }, () => arena.acquire(small))
  arena.acquire(large).release()
  for (const each of smalls) each.release()
  arena.trim()
  assert.deepEqual(arena.advise(), {
    budget: 524_288 + 3 * 65_536,
    savedBytes: 1_048_576 - 524_288 - 3 * 65_536,
    classes: [
      { slotBytes: 65_536, slots: 3, acquires: 3 },
      { slotBytes: 524_288, slots: 1, acquires: 6 },
    ],
  })
})

test('who was refused or waits would have been served by it', async () => {
  using arena = new PixelArena({ ...kind, budget: 524_288 })
  const first = arena.acquire(large)
  assert.equal(arena.tryAcquire(small), null)
  assert.equal(arena.tryAcquire(small), null)
  assert.equal(arena.advise().budget, 524_288 + 65_536)
  const waits = [large, small, small].map((shape) => arena.acquireAsync(shape))
  assert.equal(arena.advise().budget, 2 * 524_288 + 2 * 65_536)
  assert.equal(arena.advise().savedBytes, -524_288 - 2 * 65_536)
  first.release()
  for (const wait of waits) (await wait).release()
  assert.equal(arena.advise().budget, 2 * 524_288 + 2 * 65_536)
})

test('all who wait for one size count in its slots', async () => {
  using arena = new PixelArena({ ...kind, budget: 65_536 })
  const first = arena.acquire(small)
  const waits = [small, small, small].map((shape) => arena.acquireAsync(shape))
  const { classes } = arena.advise()
  first.release()
  for (const wait of waits) (await wait).release()
  assert.deepEqual(classes, [{ slotBytes: 65_536, slots: 4, acquires: 1 }])
})

test('whole pages are counted also of those who wait', async () => {
  using arena = new PixelArena({ ...kind, budget: 131_072 })
  const shape = { width: 129, height: 129 } as const // 66,564 bytes
  const first = arena.acquire(shape)
  const { leasedBytes, wastedBytes } = arena.stats()
  const waits = [shape, shape].map((each) => arena.acquireAsync(each))
  const { budget } = arena.advise()
  first.release()
  for (const wait of waits) (await wait).release()
  assert.equal(budget, 3 * (leasedBytes + wastedBytes))
})

test('what all threads asked for is in it', () => {
  using arena = new PixelArena({ ...kind, budget: 1_048_576 })
  using other = PixelArena.attach(arena.share())
  const buffers = [arena.acquire(small), other.acquire(small)]
  assert.deepEqual(arena.advise(), other.advise())
  assert.equal(arena.advise().budget, 2 * 65_536)
  for (const each of buffers) each.release()
})

/** Acquires a square, or releases one of those in hand. */
type Step = readonly [width: number, pick: number]

/** How many of them were refused. */
function replay(arena: PixelArena, steps: readonly Step[]): number {
  const hand: (PixelBuffer | null)[] = []
  let refused = 0
  for (const [width, pick] of steps) {
    if (width === 0) {
      hand.splice(pick % Math.max(hand.length, 1), 1)[0]?.release()
      continue
    }
    const buffer = tryAcquire(arena, width)
    if (buffer === null) refused++
    hand.push(buffer)
  }
  for (const each of hand) each?.release()
  return refused
}

/** Null also when the arena has no such size. */
function tryAcquire(arena: PixelArena, width: number): PixelBuffer | null {
  try {
    return arena.tryAcquire({ width, height: width })
  } catch (error) {
    if (error instanceof PoolError && error.code === 'ERR_SHAPE_TOO_LARGE') return null
    throw error
  }
}

test('an arena with the budget that was advised refuses nobody, one with a page less somebody', () => {
  const step = fc.tuple(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 700 })), fc.nat(100))
  const steps = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })
  const holds = fc.property(steps, fc.boolean(), (given, hugePages) => {
    using generous = new PixelArena({ idle: false, hugePages, budget: 200_000_000 })
    replay(generous, given)
    const { budget } = generous.advise()
    if (budget === 0) return
    using enough = new PixelArena({ idle: false, hugePages, budget })
    assert.equal(replay(enough, given), 0)
    // No arena has less; and where huge pages do not fit any more, small ones take less.
    if (budget === 65_536 || hugePages) return
    using less = new PixelArena({ idle: false, hugePages, budget: budget - 4096 })
    assert.ok(replay(less, given) > 0)
  })
  fc.assert(holds, { numRuns: 60 })
})
