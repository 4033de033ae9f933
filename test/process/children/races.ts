import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'
import { random } from './random.js'
import { play } from './scenario.js'
import { spin } from './spin.js'

// In each round this thread holds the only slot, two others wait for it for a very short time, and
// it is released in the very moment in which they give up.

const rounds = Number(process.env.PIXELPOOL_RACES ?? 2000)
const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const threads = 2

await play({ abort, timeout, turn })

/** They abort in the turn in which they began to wait: who does is never served. */
async function abort(): Promise<void> {
  await race('abort', 0.1)
}

async function timeout(): Promise<void> {
  await race('timeout', 1.4)
}

/** They abort a turn of the event loop later. */
async function turn(): Promise<void> {
  await race('turn', 0.15)
}

async function race(kind: string, spanMs: number): Promise<void> {
  console.log(`seed ${seed}`)
  const roll = random(seed)
  const pool = new PixelPool({ slots: 1, shape: { width: 32, height: 32 } })
  const token = pool.share()
  /** The round, how many wait in all rounds so far, and how many did. */
  const stage = new Int32Array(new SharedArrayBuffer(4 * 3))
  const workers = Array.from({ length: threads }, (_, thread) => {
    return new Worker(new URL('races-thread.js', import.meta.url), {
      workerData: { token, stage, kind, rounds, thread, seed },
    })
  })
  const results = Promise.all(workers.map((worker) => once(worker, 'message')))
  for (let round = 1; round <= rounds; round++) {
    // Whoever swallowed the slot in the last round has it still.
    const buffer = pool.acquire()
    Atomics.store(stage, 0, round)
    Atomics.notify(stage, 0)
    untilCount(stage, 1, round * threads)
    spin(roll() * spanMs)
    buffer.release()
    untilCount(stage, 2, round * threads)
  }
  const served = (await results).flat().reduce((sum: number, each: number) => sum + each, 0)
  console.log(`${rounds} rounds, ${served} served of ${rounds * threads}`)
  const { free, waiting } = checkEquation(pool)
  assert.deepEqual({ free, waiting }, { free: 1, waiting: 0 })
  assert.ok(0 < served && served < rounds * threads)
}

/** Blocks this thread. */
function untilCount(stage: Int32Array, index: number, count: number): void {
  for (;;) {
    const now = Atomics.load(stage, index)
    if (now === count) return
    const answer = Atomics.wait(stage, index, now, 10_000)
    assert.notEqual(answer, 'timed-out', `${now} of ${count} have come`)
  }
}
