import { setTimeout } from 'node:timers/promises'
import { PixelPool, PoolError } from 'pixelpool'

const pool = new PixelPool({ slots: 1, shape: { width: 1920, height: 1080 } })
const only = pool.acquire()

// Nobody releases the only buffer within 50 ms.
try {
  await pool.acquireAsync(undefined, { timeout: 50 })
} catch (error) {
  if (!(error instanceof PoolError)) throw error
  console.log(`timeout: ${error.code}: ${error.message}`)
}

// Whoever waits can be called off; the wait rejects with the signal's reason.
const controller = new AbortController()
const calledOff = pool.acquireAsync(undefined, { signal: controller.signal })
controller.abort(new Error('the request was closed'))
await calledOff.catch((reason: unknown) => console.log(`signal: ${reason}`))

// Everybody else is served in the order of asking.
async function work(name: string): Promise<void> {
  const buffer = await pool.acquireAsync(undefined, { timeout: 10_000 })
  try {
    console.log(`${name} has a buffer, ${pool.stats().waiting} wait`)
    await setTimeout(10)
  } finally {
    buffer.release()
  }
}
const line = [work('first'), work('second'), work('third')]
only.release()
await Promise.all(line)
