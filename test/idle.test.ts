import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach, mock, test } from 'node:test'
import { systemClock } from '../src/clock.js'
import { toIdle } from '../src/idle.js'
import { type Clock, type IdleOptions, PixelArena, PixelPool } from '../src/index.js'
import { collectUntil } from './collect.js'
import { FakeClock } from './fake-clock.js'
import { invalid } from './refusal.js'

const shape = { width: 128, height: 128 } as const // 65,536 bytes
const slotBytes = 65_536
const after = 4000 // ms
const look = after / 4

afterEach(() => {
  mock.restoreAll()
  syncBuiltinESMExports()
})

/** Nobody stands still for memory, unless it is said, whatever this machine does. */
function stalled(percent: number): void {
  mock.method(fs, 'readFileSync', () => `some avg10=${percent}.00 avg60=0.00`)
  syncBuiltinESMExports()
}

test('it is checked, and has defaults', () => {
  assert.equal(toIdle(false, 1), null)
  assert.deepEqual(toIdle(undefined, 1), { after: 5000, keep: 1, clock: systemClock })
  assert.deepEqual(toIdle({}, 0), { after: 5000, keep: 0, clock: systemClock })
  assert.deepEqual(toIdle({ after: 4.5, keep: 0 }, 1)?.after, 4.5)
  const clock = new FakeClock()
  assert.deepEqual(toIdle({ after: 86_400_000, keep: 9, clock }, 1), {
    after: 86_400_000,
    keep: 9,
    clock,
  })
})

test('what is no time, no count and no clock is refused, and told', () => {
  const bad = [
    [true, 'idle must be false, or an object with after or keep, got true'],
    [null, 'idle must be false, or an object with after or keep, got null'],
    [5000, 'idle must be false, or an object with after or keep, got 5000'],
    [{ after: 3 }, 'idle.after must be a number of ms between 4 and 86400000, got 3'],
    [
      { after: 86_400_001 },
      'idle.after must be a number of ms between 4 and 86400000, got 86400001',
    ],
    [{ after: Number.NaN }, 'idle.after must be a number of ms between 4 and 86400000, got NaN'],
    [{ after: '5s' }, "idle.after must be a number of ms between 4 and 86400000, got '5s'"],
    [{ keep: -1 }, 'idle.keep must be an integer >= 0, got -1'],
    [{ keep: 1.5 }, 'idle.keep must be an integer >= 0, got 1.5'],
    [{ keep: null }, 'idle.keep must be an integer >= 0, got null'],
    [{ clock: null }, 'idle.clock must be an object with now() and every(), got null'],
    [
      { clock: { now: () => 1 } },
      'idle.clock must be an object with now() and every(), got an object',
    ],
  ] as const
  for (const [idle, message] of bad) {
    assert.throws(() => Reflect.construct(PixelArena, [{ budget: 65_536, idle }]), invalid(message))
    const options = { slots: 1, shape, idle }
    assert.throws(() => Reflect.construct(PixelPool, [options]), invalid(message))
  }
})

function make(idle: IdleOptions): PixelArena {
  return new PixelArena({ budget: 64 * slotBytes, hugePages: false, idle: { after, ...idle } })
}

/** Leases so many at once, and releases them. */
function touch(pool: PixelArena | PixelPool, count: number): void {
  const buffers = Array.from({ length: count }, () => pool.acquire(shape))
  for (const each of buffers) each.data.fill(1)
  for (const each of buffers) each.release()
}

/** Slots with memory after each of so many looks. */
function heldAfter(arena: PixelArena, clock: FakeClock, looks: number): number[] {
  return Array.from({ length: looks }, () => {
    clock.advance(look)
    return arena.stats().heldBytes / slotBytes
  })
}

test('what nobody has needed for the whole time goes, half of it at each look', () => {
  stalled(0)
  const clock = new FakeClock()
  using arena = make({ clock })
  touch(arena, 16)
  assert.deepEqual(heldAfter(arena, clock, 9), [16, 16, 16, 16, 8, 4, 0, 0, 0])
  const { trimmedBytes, regrownBytes, trimmingMs } = arena.stats()
  assert.equal(trimmedBytes, 16 * slotBytes)
  assert.equal(regrownBytes, 0)
  assert.ok(trimmingMs > 0)
})

test('what went and was needed again is told', () => {
  using arena = make({})
  touch(arena, 16)
  arena.trim()
  touch(arena, 2)
  assert.equal(arena.stats().regrownBytes, 2 * slotBytes)
})

test('the reserve stays, of each size', () => {
  stalled(0)
  const clock = new FakeClock()
  using arena = make({ clock, keep: 3 })
  touch(arena, 8)
  const other = { width: 256, height: 128 }
  arena.acquire(other).release()
  assert.equal(heldAfter(arena, clock, 20).at(-1), 3 + 2)
})

test('what is needed now and then stays', () => {
  stalled(0)
  const clock = new FakeClock()
  using arena = make({ clock })
  touch(arena, 8)
  for (let round = 0; round < 10; round++) {
    assert.deepEqual(
      heldAfter(arena, clock, 3).at(-1),
      round < 2 ? arena.stats().heldBytes / slotBytes : 5,
    )
    touch(arena, 5)
  }
  assert.equal(heldAfter(arena, clock, 12).at(-1), 0)
})

test('what is leased stays, however long it is', () => {
  stalled(0)
  const clock = new FakeClock()
  using arena = make({ clock })
  const buffer = arena.acquire(shape)
  buffer.data.fill(7)
  touch(arena, 3)
  clock.advance(100 * after)
  assert.equal(arena.stats().heldBytes, slotBytes)
  assert.equal(arena.stats().idleBytes, 0)
  assert.ok(buffer.data.every((sample) => sample === 7))
  buffer.release()
})

test('while memory is short, all that is idle goes at the next look', () => {
  stalled(11)
  const clock = new FakeClock()
  using arena = make({ clock, keep: 9 })
  const buffer = arena.acquire(shape)
  touch(arena, 16)
  assert.deepEqual(heldAfter(arena, clock, 1), [1])
  buffer.release()
})

test('false leaves it to trim()', () => {
  stalled(11)
  const calls = mock.method(globalThis, 'setInterval')
  using arena = new PixelArena({ budget: 64 * slotBytes, idle: false })
  touch(arena, 4)
  assert.equal(calls.mock.callCount(), 0)
  assert.equal(arena.share().idleAfter, null)
  assert.equal(arena.trim(), 4 * slotBytes)
})

test('a pool does it when it is asked to, and keeps one slot warm', () => {
  stalled(0)
  const clock = new FakeClock()
  using pool = new PixelPool({ slots: 8, shape, idle: { after, clock } })
  using other = new PixelPool({ slots: 8, shape })
  touch(pool, 8)
  touch(other, 8)
  clock.advance(10 * after)
  assert.equal(pool.stats().residentBytes, slotBytes)
  assert.equal(pool.stats().trimmedBytes, 7 * slotBytes)
  assert.equal(other.stats().trimmedBytes, 0)
  assert.equal(other.share().idleAfter, null)
})

test('nobody is called back once it is closed, or collected', async () => {
  stalled(0)
  const clock = new FakeClock()
  make({ clock }).close()
  makeAndForget(clock)
  using _kept = make({ clock })
  assert.equal(clock.timers, 3)
  let turns = 0
  await collectUntil(() => turns++ > 5) // a timer that looks keeps its arena for that turn
  clock.advance(look)
  assert.equal(clock.timers, 1)
})

function makeAndForget(clock: FakeClock): void {
  touch(make({ clock }), 2)
}

test('an end that attached has a timer of its own, and looks count once', () => {
  stalled(0)
  const clock = new FakeClock()
  using arena = make({ clock })
  assert.equal(arena.share().idleAfter, after)
  mock.timers.enable({ apis: ['setInterval'] })
  using _other = PixelArena.attach(arena.share())
  touch(arena, 16)
  clock.advance(look)
  mock.timers.tick(20 * after) // of the system's clock, which is long before
  assert.equal(arena.stats().heldBytes, 16 * slotBytes)
  clock.advance(4 * look)
  assert.equal(arena.stats().heldBytes, 8 * slotBytes)
  mock.timers.reset()
})

/** A clock whose timers come when they are called. */
function byHand(): { readonly clock: Clock; readonly look: (ms: number) => void } {
  const callbacks: (() => void)[] = []
  let now = 1e9
  const every = (_: number, callback: () => void): (() => void) => {
    callbacks.push(callback)
    return () => {}
  }
  const look = (ms: number): void => {
    now += ms
    for (const each of callbacks) each()
  }
  return { clock: { now: () => now, every }, look }
}

test('looks that come too early do not count', () => {
  stalled(0)
  const time = byHand()
  using arena = make({ clock: time.clock })
  touch(arena, 16)
  for (let i = 0; i < 100; i++) time.look(0)
  for (let i = 0; i < 100; i++) time.look(look / 1000)
  assert.equal(arena.stats().heldBytes, 16 * slotBytes)
  for (let i = 0; i < 9; i++) time.look(look * 0.9)
  assert.equal(arena.stats().heldBytes, 0)
})

test('a thread that read the time before another one and looks after it is too early', () => {
  stalled(0)
  const time = byHand()
  using arena = make({ clock: time.clock })
  touch(arena, 16)
  for (let i = 0; i < 20; i++) time.look(-1)
  assert.equal(arena.stats().heldBytes, 16 * slotBytes)
})
