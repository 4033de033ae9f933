import assert from 'node:assert/strict'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'
import { until } from './deadline.js'
import { collectAll, untilCollected } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'

const shape = { width: 16, height: 16 }
const large = { width: 2048, height: 2048 } // 16 MiB

await play({ forgotten, viewed, traced, retained, retainedAndKept, pinned, pool: forgottenPool })

async function forgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 8, shape })
  const kept = pool.acquire()
  kept.data.fill(1)
  // Slots that were never used, and slots that have had a tenancy before.
  for (const round of [1, 2]) {
    forget(pool, 7)
    await untilCollected('seven came back', () => pool.stats().free === 7)
    const { leaked, acquires, releases } = checkEquation(pool)
    assert.equal(leaked, 7 * round)
    assert.equal(acquires - releases - leaked, 1)
    const tenants = Array.from({ length: 7 }, () => pool.acquire())
    for (const tenant of tenants) tenant.data.fill(2)
    for (const tenant of tenants) tenant.release()
  }
  assert.ok(kept.data.every((sample) => sample === 1))
  kept.release()
  assert.equal(places(pool), '8 free')
}

function forget(pool: PixelPool, count: number): void {
  for (let i = 0; i < count; i++) pool.acquire().data.fill(0xff)
}

async function viewed(): Promise<void> {
  const pool = new PixelPool({ slots: 4, shape })
  const views: (Uint8ClampedArray | Uint8Array | DataView | ArrayBuffer)[] = viewsOnly(pool)
  while (views.length > 0) {
    await collectAll()
    assert.equal(pool.stats().leased, views.length)
    views.pop()
    await untilCollected('a view was the last', () => pool.stats().leased === views.length)
  }
  assert.equal(pool.stats().leaked, 4)
  assert.equal(places(pool), '4 free')
}

/** Four buffers, of each of which only one view is left. */
function viewsOnly(pool: PixelPool): (Uint8ClampedArray | Uint8Array | DataView | ArrayBuffer)[] {
  return [
    pool.acquire().data.subarray(1, 2),
    Buffer.from(pool.acquire().data.buffer),
    new DataView(pool.acquire().data.buffer),
    pool.acquire().data.buffer,
  ]
}

async function traced(): Promise<void> {
  const warnings: (Error & { code?: string; detail?: string })[] = []
  process.on('warning', (warning) => warnings.push(warning))
  const pool = new PixelPool({ slots: 4, shape, leaks: 'trace' })
  const lines = new Set<string>()
  for (let leaked = 4; leaked <= 12; leaked += 4) {
    for (let i = 0; i < 2; i++) lines.add(forgetHere(pool)).add(forgetThere(pool))
    await untilCollected('all came back', () => pool.stats().leaked === leaked)
    await until('both sites were told', () => warnings.length >= 2)
  }
  await collectAll()

  assert.equal(lines.size, 2)
  assert.equal(warnings.length, 2)
  for (const { name, code, message } of warnings) {
    assert.equal(name, 'PixelPoolLeak')
    assert.equal(code, 'PIXELPOOL_LEAK')
    assert.equal(message, 'a PixelBuffer was collected without release(); its memory came back')
  }
  const told = warnings.map(({ detail }) => /^acquired\n {4}at (.*)$/m.exec(detail ?? '')?.[1])
  const first = told.map((frame) => /([^/]+\.js:\d+):\d+\)$/.exec(frame ?? '')?.[1])
  assert.deepEqual(new Set(first), lines)
}

/** Forgets a buffer; answers where that was. */
function forgetHere(pool: PixelPool): string {
  const [site] = [here(new Error()), pool.acquire()]
  return site
}

function forgetThere(pool: PixelPool): string {
  const [site] = [here(new Error()), pool.acquire()]
  return site
}

function here(error: Error): string {
  return /([^/]+\.js:\d+):\d+\)/.exec(error.stack ?? '')?.[1] ?? 'nowhere'
}

async function retained(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const hands: PixelBuffer[] = []
  holdThree(pool, hands)
  for (let leaked = 1; leaked <= 3; leaked++) {
    drop(hands)
    await untilCollected('one more is counted', () => pool.stats().leaked === leaked)
    await collectAll()
    assert.equal(pool.stats().leaked, leaked)
    assert.equal(places(pool), leaked < 3 ? '1 leased' : '1 free')
    assert.ok(allSee(hands, 5))
  }
  pool.acquire().release()
}

// What an async function had in hand stays reachable from its frame: these two have it in theirs.

function drop(hands: PixelBuffer[]): void {
  hands.pop()
}

function allSee(hands: readonly PixelBuffer[], sample: number): boolean {
  return hands.every(({ data }) => data[0] === sample)
}

function holdThree(pool: PixelPool, hands: PixelBuffer[]): void {
  const first = pool.acquire()
  first.data.fill(5)
  hands.push(first, first.retain(), first.retain())
}

async function retainedAndKept(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const kept = forgetFirst(pool)
  await untilCollected('the first is counted', () => pool.stats().leaked === 1)
  assert.equal(places(pool), '1 leased')
  assert.ok(kept.data.every((sample) => sample === 5))
  kept.release()
  assert.equal(places(pool), '1 free')
  const tenant = pool.acquire()
  tenant.data.fill(6)
  await collectAll()
  assert.equal(places(pool), '1 leased')
  tenant.release()
}

function forgetFirst(pool: PixelPool): PixelBuffer {
  const first = pool.acquire()
  first.data.fill(5)
  return first.retain()
}

async function pinned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const work = forgetPinned(pool)
  await collectAll()
  assert.equal(places(pool), '1 leased')
  work.finish()
  await work.done
  await untilCollected('it came back', () => pool.stats().free === 1)
  assert.equal(pool.stats().leaked, 1)
  pool.acquire().release()
}

/** Native work that nobody but its own completion holds on to. */
function forgetPinned(pool: PixelPool): { finish: () => void; done: Promise<void> } {
  let finish = (): void => {}
  const work = new Promise<void>((resolve) => {
    finish = resolve
  })
  const done = pool.acquire().pin(() => work)
  return { finish: () => finish(), done }
}

async function forgottenPool(): Promise<void> {
  const pools = 20
  const slotBytes = 16 * 1024 * 1024
  const before = process.memoryUsage.rss()
  for (let i = 0; i < pools; i++) {
    touchAndForget(slotBytes)
    await collectAll()
  }
  const most = before + 4 * slotBytes
  await untilCollected('the memory is back', () => process.memoryUsage.rss() < most)
}

/** A pool with a buffer in hand and one released. */
function touchAndForget(slotBytes: number): void {
  const pool = new PixelPool({ slots: 2, slotBytes })
  const buffers = [pool.acquire(large), pool.acquire(large)]
  for (const { data } of buffers) data.fill(1)
  buffers[0]?.release()
}
