import assert from 'node:assert/strict'
import { setInterval } from 'node:timers/promises'
import { PixelPool } from '../../../src/index.js'
import { play } from './scenario.js'

// Nothing here asks for a collection or makes one likely: that is what is tested.

const slots = 8
const deadlineMs = 2000

await play({ waiter, failed })

async function waiter(): Promise<void> {
  const pool = new PixelPool({ slots, shape: { width: 64, height: 64 } })
  dropAll(pool)
  const buffer = await pool.acquireAsync(undefined, { timeout: deadlineMs })
  assert.equal(buffer.data.length, 64 * 64 * 4)
  assert.ok(pool.stats().leaked >= 1)
  buffer.release()
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
