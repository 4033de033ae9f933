import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'
import { hasCode } from './holder.js'
import { random } from './random.js'
import { spin } from './spin.js'

// One of two that wait for a slot in each round, and give up soon; every fourth wait is patient.

const { token, stage, kind, rounds, thread, seed } = workerData
const roll = random(seed + 1 + thread)
const pool = PixelPool.attach(token)
let served = 0

for (let round = 1; round <= rounds; round++) {
  while (Atomics.load(stage, 0) < round) Atomics.wait(stage, 0, round - 1)
  await waitOnce()
  Atomics.add(stage, 2, 1)
  Atomics.notify(stage, 2)
}
parentPort?.postMessage(served)

async function waitOnce(): Promise<void> {
  const controller = new AbortController()
  const isPatient = roll() < 0.25
  const limits = kind === 'timeout' ? { timeout: roll() } : { signal: controller.signal }
  const waiting = pool.acquireAsync(undefined, isPatient ? {} : limits)
  Atomics.add(stage, 1, 1)
  Atomics.notify(stage, 1)
  if (kind === 'turn') await Promise.race([waiting, turn()])
  if (kind === 'abort') spin(roll() * 0.15)
  if (kind !== 'timeout') controller.abort('enough')
  try {
    const buffer = await waiting
    served++
    buffer.release()
  } catch (error) {
    if (error !== 'enough' && !hasCode(error, 'ERR_ACQUIRE_TIMEOUT')) throw error
  }
}
