import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { type BufferToken, type PixelBuffer, PixelPool } from '../../../src/index.js'
import { largeProgressiveJpeg } from '../../sharp/pictures.js'
import { until } from './deadline.js'
import { Guest } from './host.js'
import { places } from './places.js'
import { play } from './scenario.js'
import { sees } from './sees.js'
import { spin } from './spin.js'

const slots = 4

await play({
  moved: async () => {
    for (const end of ['return', 'exit', 'throw', 'terminate']) {
      using pool = newPool()
      adoptAll(pool, (await meet(pool, 'moved', end)).tokens)
    }
  },
  unread,
  held: async () => {
    for (const state of ['leased', 'retained', 'pinned', 'filling', 'closed']) {
      for (const end of ['return', 'exit', 'throw', 'terminate']) await comesBack(state, end)
    }
  },
  decoding,
  place,
  grant,
})

function newPool(): PixelPool {
  return new PixelPool({ slots, shape: { width: 256, height: 256 } })
}

/** A guest that has ended. */
async function meet(pool: PixelPool, state: string, end: string): Promise<Guest> {
  const guest = await Guest.invite(pool, { state, end: end === 'terminate' ? 'block' : end })
  if (end === 'terminate') await guest.terminate()
  const reason = await guest.ended
  if (end === 'throw') assert.match(String(reason), /nobody catches this/)
  else assert.equal(reason, undefined)
  return guest
}

/** What was on its way is there when its sender has gone, and what it held has come back. */
function adoptAll(pool: PixelPool, tokens: readonly BufferToken<'uchar'>[]): void {
  assert.equal(tokens.length, slots - 1)
  assert.equal(places(pool), `1 free, ${slots - 1} leased`)
  for (const [i, token] of tokens.entries()) {
    const buffer = pool.adopt(token)
    assert.ok(sees(buffer.data, i + 1))
    buffer.release()
  }
  assert.equal(places(pool), `${slots} free`)
}

/** This thread does not read a message before the sender has gone. */
async function unread(): Promise<void> {
  for (const end of ['return', 'exit', 'throw']) {
    using pool = newPool()
    const guest = new Guest(pool, { state: 'moved', end })
    const deadline = performance.now() + 10_000
    while (pool.stats().acquires < slots || pool.stats().free === 0) {
      assert.ok(performance.now() < deadline, 'it did not end')
      spin(1)
    }
    assert.equal(guest.tokens.length, 0)
    await guest.ended
    adoptAll(pool, guest.tokens)
  }
}

async function comesBack(state: string, end: string): Promise<void> {
  using pool = newPool()
  await meet(pool, state, end)
  assert.equal(places(pool), `${slots} free`, `${state}, ${end}`)
}

/** The slots are held while libvips writes into them, and no longer. */
async function decoding(): Promise<void> {
  const picture = await largeProgressiveJpeg.bytes()
  for (let delay = 0; delay < 5; delay++) {
    using pool = new PixelPool({ slots, slotBytes: 10_000_000 })
    const guest = await Guest.invite(pool, { state: 'decoding', end: 'listen', picture })
    assert.equal(places(pool), `${slots} leased`)
    for (let i = 0; i < delay; i++) await turn()
    await guest.terminate()
    await until('the slots came back', () => places(pool) === `${slots} free`)
    for (const buffer of acquireAll(pool)) assert.ok(buffer.data.fill(delay).length > 0)
  }
}

function acquireAll(pool: PixelPool): PixelBuffer[] {
  return Array.from({ length: slots }, () => pool.acquire({ width: 256, height: 256 }))
}

/** Who stands behind a dead one moves up. */
async function place(): Promise<void> {
  using pool = newPool()
  const buffers = acquireAll(pool)
  const guest = await Guest.invite(pool, { state: 'waiting', end: 'listen' })
  const waiting = pool.acquireAsync()
  assert.equal(pool.stats().waiting, 3)
  await guest.terminate()
  assert.equal(pool.stats().waiting, 1)
  buffers.pop()?.release()
  buffers.push(await waiting)
  for (const buffer of buffers) buffer.release()
  assert.equal(places(pool), `${slots} free`)
}

/** It never hears that two slots came to it. */
async function grant(): Promise<void> {
  using pool = newPool()
  const buffers = acquireAll(pool)
  const guest = await Guest.invite(pool, { state: 'waiting', end: 'block' })
  const waiting = [pool.acquireAsync(), pool.acquireAsync()]
  for (const buffer of buffers.splice(0, 2)) buffer.release()
  const { leased, waiting: left } = pool.stats()
  assert.deepEqual({ leased, left }, { leased: 4, left: 2 })
  await guest.terminate()
  buffers.push(...(await Promise.all(waiting)))
  for (const buffer of buffers) buffer.release()
  assert.equal(places(pool), `${slots} free`)
}
