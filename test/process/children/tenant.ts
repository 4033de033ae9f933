import { randomFill } from 'node:crypto'
import { promisify } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { random } from './random.js'

// A worker that does everything that can be done with a pool of its own, at random, until it is
// terminated or has made its steps. It ends with buffers, pins and views out.

const fill = promisify<Uint8Array, void>((bytes, done) => randomFill(bytes, (error) => done(error)))
const roll = random(workerData.seed)
const slots = 8
const pool = new PixelPool({ slots, slotBytes: 1024 * 1024, leaks: 'trace' })
const hands: PixelBuffer[] = []
const views: unknown[] = []

const acts = [acquire, acquire, acquire, release, release, retain, forget, pin, post, quiet]

parentPort?.postMessage('leasing')
for (let step = 0; step < workerData.steps; step++) {
  acts[Math.floor(roll() * acts.length)]?.()
  if (roll() < 0.3) await new Promise((resolve) => setImmediate(resolve))
}
while (pool.stats().free > 0) acquire()
if (workerData.end === 'wait') views.push(pool.acquireAsync({ width: 8, height: 8 }))
if (workerData.end === 'exit') process.exit(0)

function acquire(): void {
  const buffer = pool.tryAcquire({ width: 512, height: 512 })
  if (buffer === null) return
  views.push(buffer.data.fill(1).subarray(1))
  hands.push(buffer)
}

/** Takes one of those in hand out of it. */
function pick(): PixelBuffer | undefined {
  return hands.splice(Math.floor(roll() * hands.length), 1)[0]
}

function release(): void {
  pick()?.release()
}

function retain(): void {
  const [first] = hands
  if (first !== undefined && !escaped(first)) hands.push(first.retain())
}

function forget(): void {
  if (pick() !== undefined) views.length = 0
}

/** Native work, which goes on when the buffer is released. (Node 20 aborts in zlib.) */
function pin(): void {
  const buffer = pick()
  if (buffer === undefined || escaped(buffer)) return
  const done = buffer.pin((data) => fill(new Uint8Array(data.buffer)))
  if (roll() < 0.5) buffer.release()
  else hands.push(buffer)
  done.catch(tell)
}

/** Memory that the other thread holds from now on. */
function post(): void {
  const buffer = pick()
  if (buffer === undefined || escaped(buffer) || roll() < 0.5) return
  const { buffer: memory } = buffer.data
  parentPort?.postMessage(memory, [memory])
  if (roll() < 0.5) buffer.release()
  else hands.push(buffer)
}

function quiet(): void {
  pool.trim()
  if (workerData.end === 'run' && roll() < 0.2) {
    pool
      .acquireAsync({ width: 8, height: 8 }, { timeout: 5 })
      .then((buffer) => buffer.release())
      .catch(() => {})
  }
}

function escaped(buffer: PixelBuffer): boolean {
  try {
    return buffer.data.length === 0
  } catch {
    return true
  }
}

function tell(error: unknown): void {
  throw error
}
