import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'
import { until } from './deadline.js'
import { Holder, newTally, type Parcel, tally } from './holder.js'
import { random } from './random.js'
import { play } from './scenario.js'

// Eight workers at a time and this thread use one pool at random. Workers are terminated at random
// points, or end in other ways, and are replaced. 5,000 for a release:
// `PIXELPOOL_TERMINATIONS=5000 node dist/test/process/children/stress.js terminations`

const terminationsWanted = Number(process.env.PIXELPOOL_TERMINATIONS ?? 100)
const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const slots = 16
const atOnce = 8

await play({ terminations })

async function terminations(): Promise<void> {
  console.log(`seed ${seed}`)
  const roll = random(seed)
  const shape = { width: 64, height: 64, channels: 1, depth: 'uint' } as const
  const pool = new PixelPool({ slots, shape })
  const token = pool.share()
  const counts = newTally()
  const crew: Set<Worker> = new Set()
  let terminated = 0
  let others = 0
  let numbers = 0

  const pass = (parcel: Parcel): void => {
    const members = [...crew]
    members[Math.floor(roll() * members.length)]?.postMessage(parcel)
  }
  const holder = new Holder({ token, roll, number: 0, counts, send: pass, forgets: false })

  const employ = async (): Promise<void> => {
    while (terminated < terminationsWanted) {
      const byForce = roll() < 0.7
      const end = byForce ? 'terminate' : pick(['exit', 'throw', 'return'], roll)
      const worker = new Worker(new URL('stress-thread.js', import.meta.url), {
        workerData: { token, counts, number: ++numbers, end, seed: Math.floor(roll() * 1_000_000) },
      })
      const exited = new Promise((resolve) => worker.once('exit', resolve))
      worker.on('error', (error) => {
        if (end !== 'throw' || error.message !== 'nobody catches this') throw error
      })
      worker.on('message', (message: Parcel | 'ready') => {
        if (message === 'ready') return
        if (roll() < 0.3) holder.receive(message)
        else pass(message)
      })
      crew.add(worker)
      if (byForce) {
        await terminate(worker, roll)
        terminated++
      } else {
        others++
      }
      await exited
      crew.delete(worker)
    }
  }

  let working = true
  const employed = Promise.all(Array.from({ length: atOnce }, employ))
  const worked = employed.finally(() => {
    working = false
  })
  while (working) {
    holder.step()
    checkEquation(pool)
    await pause(1)
  }
  await worked
  await holder.end()
  await until('all slots are free', () => checkEquation(pool).free === slots)
  const { waiting, acquires, free } = pool.stats()
  assert.equal(waiting, 0)
  holder.close()
  pool.close()

  const [adopted, expired, waited, gaveUp] = Object.values(tally).map((i) => counts[i] ?? 0)
  console.log(`${terminated} terminations, ${others} other ends, ${acquires} acquires`)
  console.log(`${adopted} adopted, ${expired} too late, ${waited} waited, ${gaveUp} gave up`)
  console.log(`${free} of ${slots} free`)
  for (const each of [adopted, expired, waited, gaveUp]) assert.ok(each !== undefined && each > 0)
}

/** Somewhere between its first instruction and well into its work. */
async function terminate(worker: Worker, roll: () => number): Promise<void> {
  if (roll() < 0.85) await once(worker, 'message')
  await pause(roll() * 30)
  await worker.terminate()
}

function pick<T>(items: readonly T[], roll: () => number): T | undefined {
  return items[Math.floor(roll() * items.length)]
}
