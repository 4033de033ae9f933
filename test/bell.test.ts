import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen, ownBell } from '../src/bell.js'
import { PixelPool } from '../src/index.js'
import { collectUntil } from './collect.js'

const shape = { width: 4, height: 4 }

class Counter {
  rings = 0
  onRing(): void {
    this.rings++
  }
}

/** Something that rings this thread's bell: a slot comes to one who waits at another pool object. */
async function ring(): Promise<void> {
  using pool = new PixelPool({ slots: 1, shape })
  using other = PixelPool.attach(pool.share())
  const held = pool.acquire()
  const wait = other.acquireAsync()
  held.release()
  ;(await wait).release()
}

test('a thread has one bell', () => {
  assert.equal(ownBell(), ownBell())
})

test('everybody who listens hears a ring, whoever it is for', async () => {
  const counters = [new Counter(), new Counter()]
  for (const counter of counters) listen(counter)
  await ring()
  for (const { rings } of counters) assert.ok(rings >= 1)
})

test('to listen holds nobody', async () => {
  let collected = false
  const watch = new FinalizationRegistry(() => {
    collected = true
  })
  const drop = (): void => {
    const counter = new Counter()
    listen(counter)
    watch.register(counter, null)
  }
  drop()
  assert.ok(await collectUntil(() => collected))
  await ring()
})
