import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { collectAll, untilCollected } from './garbage.js'
import { Landlord } from './landlord.js'
import { random } from './random.js'
import { play } from './scenario.js'

const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const mb = 1_000_000

await play({
  terminated: () => survive(200, 'run', Number.POSITIVE_INFINITY),
  ended: () => survive(20, 'end', 60),
  exited: () => survive(20, 'exit', 60),
  waiting: () => survive(2, 'wait', 0),
})

/** Starts workers, two at a time, and sees each of them end. */
async function survive(workers: number, end: string, steps: number): Promise<void> {
  console.log(`seed ${seed}`)
  const roll = random(seed)
  const landlord = new Landlord()
  landlord.work()
  await collectAll()
  const before = process.memoryUsage.rss()
  let left = workers
  const startNext = async (): Promise<void> => {
    while (left-- > 0) {
      const worker = new Worker(new URL('tenant.js', import.meta.url), {
        workerData: { seed: Math.floor(roll() * 1_000_000), end, steps },
        stderr: true, // leaks are told there
      })
      worker.on('message', (posted: unknown) => landlord.keep(posted))
      const exited = once(worker, 'exit')
      if (end === 'run') await terminate(worker, roll)
      const [code] = await exited
      if (end !== 'run') assert.equal(code, 0)
      landlord.work()
    }
  }
  await Promise.all([startNext(), startNext()])
  landlord.work()
  // They had 8 MB each. (The heap of Node 20 keeps some 60 MB of copies that it made for posting.)
  const most = before + (100 + workers) * mb
  await untilCollected('their memory is back', () => process.memoryUsage.rss() < most)
  await landlord.end()
}

/** Somewhere between its first instruction and well into its work. */
async function terminate(worker: Worker, roll: () => number): Promise<void> {
  if (roll() < 0.7) await once(worker, 'message')
  await pause(roll() * 12)
  await worker.terminate()
}
