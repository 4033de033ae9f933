import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { hasCode } from './holder.js'
import { random } from './random.js'
import { spin } from './spin.js'
import type { Result, Wait } from './waits.js'

// A worker that waits again and again, sixteen times at once. What it is served it holds alone.

const { token, holders, clock, thread, waits, seed } = workerData
const roll = random(seed + thread)
const pool: PixelPool<'uint'> = PixelPool.attach(token)
const limitMax = 8 // ms
const atOnce = 16
const served: Wait[] = []
let gaveUp = 0
let started = 0

await Promise.all(Array.from({ length: atOnce }, waitAgain))
const result: Result = { served, gaveUp }
parentPort?.postMessage(result)

async function waitAgain(): Promise<void> {
  while (started < waits) {
    started++
    await waitOnce(started * 4 + thread)
  }
}

async function waitOnce(ticket: number): Promise<void> {
  const controller = new AbortController()
  const { signal } = controller
  const timeout = roll() < 0.4 ? roll() * limitMax : undefined
  const abortMs = roll() < 0.4 ? roll() * limitMax : undefined
  const before = Atomics.add(clock, 0, 1)
  const waiting = pool.acquireAsync(undefined, { signal, timeout })
  const after = Atomics.add(clock, 0, 1)
  const timer =
    abortMs === undefined ? undefined : setTimeout(() => controller.abort('enough'), abortMs)
  try {
    const buffer = await waiting
    served.push({ before, after, served: Atomics.add(clock, 0, 1) })
    await hold(buffer, ticket)
    buffer.release()
    // What comes meanwhile is not taken yet when timers run out.
    if (roll() < 0.1) spin(roll())
  } catch (error) {
    if (error !== 'enough' && !hasCode(error, 'ERR_ACQUIRE_TIMEOUT')) throw error
    gaveUp++
  } finally {
    clearTimeout(timer)
  }
}

/** Nobody else holds the slot, from the first moment to the last. */
async function hold({ data }: PixelBuffer<'uint'>, ticket: number): Promise<void> {
  const slot = data[0]
  assert.ok(slot !== undefined)
  assert.equal(Atomics.compareExchange(holders, slot, 0, ticket), 0)
  data[data.length - 1] = ticket
  if (roll() < 0.5) await turn()
  assert.equal(data[data.length - 1], ticket)
  assert.equal(Atomics.compareExchange(holders, slot, ticket, 0), ticket)
}
