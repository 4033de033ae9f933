import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'
import { play } from './scenario.js'

// Four threads wait in one line, with random aborts and timeouts. 100,000 waits for a release:
// `PIXELPOOL_WAITS=100000 node dist/test/process/children/waits.js oneSlot` (and threeSlots)

/** Readings of a clock that all threads share. */
export interface Wait {
  readonly before: number
  /** It stood in the line when the clock showed this. */
  readonly after: number
  readonly served: number
}

export interface Result {
  readonly served: readonly Wait[]
  readonly gaveUp: number
}

const waitsWanted = Number(process.env.PIXELPOOL_WAITS ?? 5000)
const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const threads = 4

await play({ oneSlot, threeSlots })

/** With one slot, who is served after whom is the order of the line. */
async function oneSlot(): Promise<void> {
  const result = await waitAll(1)
  checkOrder(result.served)
  checkMixed(result)
}

/** A thread may hear late that it was served, so the order of several slots cannot be seen. */
async function threeSlots(): Promise<void> {
  checkMixed(await waitAll(3))
}

function checkMixed({ served, gaveUp }: Result): void {
  assert.ok(Math.min(served.length, gaveUp) > waitsWanted / 20, 'it was too easy, or too hard')
}

async function waitAll(slots: number): Promise<Result> {
  console.log(`seed ${seed}`)
  const pool = new PixelPool({
    slots,
    shape: { width: 32, height: 32, channels: 1, depth: 'uint' },
  })
  const holders = new Int32Array(new SharedArrayBuffer(4 * slots))
  const clock = new Int32Array(new SharedArrayBuffer(4))
  const token = pool.share()
  numberAll(pool, slots)
  const results = await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const worker = new Worker(new URL('waits-thread.js', import.meta.url), {
        workerData: { token, holders, clock, thread, waits: waitsWanted / threads, seed },
      })
      const [result]: Result[] = await once(worker, 'message')
      assert.ok(result !== undefined)
      return result
    }),
  )
  const served = results.flatMap((result) => result.served)
  const gaveUp = results.reduce((sum, result) => sum + result.gaveUp, 0)
  console.log(`${served.length} served, ${gaveUp} gave up`)
  assert.equal(served.length + gaveUp, waitsWanted)
  const { free, waiting } = checkEquation(pool)
  assert.deepEqual({ free, waiting }, { free: slots, waiting: 0 })
  assert.ok(holders.every((holder) => holder === 0))
  return { served, gaveUp }
}

/** Each slot's first sample says which one it is, from now on: nobody clears it. */
function numberAll(pool: PixelPool<'uint'>, slots: number): void {
  const buffers: PixelBuffer<'uint'>[] = Array.from({ length: slots }, () => pool.acquire())
  for (const [slot, buffer] of buffers.entries()) buffer.data.fill(slot)
  for (const buffer of buffers) buffer.release()
}

/** Nobody who was in the line before somebody else came is served after him. */
function checkOrder(waits: readonly Wait[]): void {
  const byArrival = [...waits].sort((a, b) => a.after - b.after)
  const byStart = [...waits].sort((a, b) => a.before - b.before)
  let earlier = 0
  let lastServed = -1
  let pairs = 0
  for (const wait of byStart) {
    for (; (byArrival[earlier]?.after ?? Number.POSITIVE_INFINITY) < wait.before; earlier++) {
      lastServed = Math.max(lastServed, byArrival[earlier]?.served ?? -1)
    }
    assert.ok(lastServed < wait.served, `served at ${wait.served}, before ${lastServed}`)
    pairs += earlier
  }
  console.log(`${pairs} pairs in order`)
  assert.ok(pairs > waits.length)
}
