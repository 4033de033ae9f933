import assert from 'node:assert/strict'
import { PixelPool } from '../../../src/index.js'
import { until } from './deadline.js'
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
  await until('a dropped buffer came back', () => pool.tryAcquire() !== null)
}

function dropAll(pool: PixelPool): void {
  for (let i = 0; i < slots; i++) pool.acquire().data.fill(i)
}
