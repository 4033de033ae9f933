import assert from 'node:assert/strict'
import { setInterval, setTimeout } from 'node:timers/promises'
import { PixelPool } from '../../../src/index.js'
import { play } from './scenario.js'

// Nothing here asks for a collection or makes one likely: that is what is tested.

const slots = 8
const deadlineMs = 2000

await play({ waiter, local, failed })

async function waiter(): Promise<void> {
  const pool = new PixelPool({ slots, shape: { width: 64, height: 64 } })
  dropAll(pool)
  const buffer = await pool.acquireAsync(undefined, { timeout: deadlineMs })
  assert.equal(buffer.data.length, 64 * 64 * 4)
  assert.ok(pool.stats().leaked >= 1)
  buffer.release()
}

/** Nothing but the wait itself holds the pool and whoever waits. */
async function local(): Promise<void> {
  const served = Array.from({ length: 5 }, async () => {
    const pool = new PixelPool({ slots: 1, shape: { width: 64, height: 64 } })
    const hold = async (): Promise<void> => {
      const buffer = pool.acquire()
      await setTimeout(300)
      assert.equal(buffer.released, false) // and is forgotten only now
    }
    void hold()
    const buffer = await pool.acquireAsync()
    buffer.release()
  })
  await Promise.all(served)
}

async function failed(): Promise<void> {
  const pool = new PixelPool({ slots, shape: { width: 64, height: 64 } })
  dropAll(pool)
  assert.throws(() => pool.acquire(), { code: 'ERR_POOL_EXHAUSTED' })
  const end = performance.now() + deadlineMs
  // Seldom: who asks all the time makes garbage, and a collection of it.
  for await (const _ of setInterval(100)) {
    if (pool.tryAcquire() !== null) break
    assert.ok(performance.now() < end, `nothing came back within ${deadlineMs} ms`)
  }
}

function dropAll(pool: PixelPool): void {
  for (let i = 0; i < slots; i++) pool.acquire().data.fill(i)
}
