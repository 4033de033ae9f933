import assert from 'node:assert/strict'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { Guest } from './host.js'
import { play } from './scenario.js'

// Nothing but a wait for a slot keeps this process awake, longer than the 3 s that any wait does.

const slots = 2
const longMs = 5000
const shortMs = 700
const hands: PixelBuffer[] = []
const pool = new PixelPool({ slots, shape: { width: 64, height: 64 } })

await play({ lent, idle, moving, releasedLate, movedLate, waitingWorker, own })

/** A worker has them, and will release them in time. */
async function lent(): Promise<void> {
  const guest = await Guest.invite(pool, { state: 'lent', end: 'listen', ms: longMs })
  guest.unref()
  assert.ok((await beServed()) > 3000)
}

/** A worker has forgotten them, and has nothing else to do. */
async function idle(): Promise<void> {
  const guest = await Guest.invite(pool, { state: 'forgotten', end: 'listen' })
  guest.unref()
  const waitedMs = await beServed()
  assert.ok(waitedMs < 6000, `after ${waitedMs} ms: by then the engine looks by itself`)
}

/** They are on their way to nobody. */
async function moving(): Promise<void> {
  for (let i = 0; i < slots; i++) pool.acquire().move({ expires: longMs })
  assert.ok((await beServed()) > 3000)
}

/** This thread has them for more than 3 s. Then they go to a worker that waited before. */
async function releasedLate(): Promise<void> {
  const guest = await holdLong((buffer) => buffer.release())
  guest.unref()
  await beServed()
}

/** This thread has them for more than 3 s. Then one is on its way to nobody. */
async function movedLate(): Promise<void> {
  const guest = await holdLong((buffer) => buffer.move({ expires: 2 * shortMs }))
  await guest.terminate()
  await beServed()
}

async function holdLong(letGo: (buffer: PixelBuffer) => void): Promise<Guest> {
  const buffers = Array.from({ length: slots }, () => pool.acquire())
  const guest = await Guest.invite(pool, { state: 'borrowing', end: 'listen', ms: shortMs })
  setTimeout(() => {
    for (const buffer of buffers.splice(1)) letGo(buffer)
  }, longMs)
  hands.push(...buffers.slice(0, 1))
  return guest
}

/** This thread has them, and a worker waits. */
async function waitingWorker(): Promise<void> {
  const buffers = Array.from({ length: slots }, () => pool.acquire())
  const guest = await Guest.invite(pool, { state: 'waiting', end: 'return' })
  const start = performance.now()
  setTimeout(() => {
    for (const buffer of buffers) buffer.release()
  }, longMs)
  assert.equal(await guest.ended, undefined)
  assert.ok(performance.now() - start >= longMs - 1, 'it did not wait')
}

/** Nobody else can release what this thread waits for: it may end. */
async function own(): Promise<void> {
  const guest = await Guest.invite(pool, { state: 'attached', end: 'listen' })
  guest.unref()
  const buffers = Array.from({ length: slots }, () => pool.acquire())
  const start = performance.now()
  void pool.acquireAsync()
  process.on('exit', () => {
    const waitedMs = Math.round(performance.now() - start)
    console.log(`ended after ${waitedMs} ms with ${buffers.length} in hand`)
  })
}

/** Answers how long that took. */
async function beServed(): Promise<number> {
  const start = performance.now()
  const buffer = await pool.acquireAsync()
  buffer.release()
  return performance.now() - start
}
