import { randomFill } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'

// A worker that brings a shared pool into a state, tells so, and ends in a way. Both are named in
// its data.

const { token, state, end, picture } = workerData
const pool = PixelPool.attach(token)
const hands: unknown[] = []

const states: Readonly<Record<string, () => unknown>> = {
  leased: acquireAll,
  retained: () => {
    for (const buffer of acquireAll()) hands.push(buffer.retain())
  },
  pinned: () => {
    for (const buffer of acquireAll()) {
      hands.push(buffer.pin(() => new Promise(() => {})))
      buffer.release()
    }
  },
  filling: () => {
    for (const buffer of acquireAll()) {
      hands.push(buffer.pin((data) => new Promise((done) => randomFill(data, done))))
    }
  },
  closed: () => {
    acquireAll()
    pool.close()
  },
  /** All but the last one. */
  moved: () => {
    for (const [i, buffer] of acquireAll().slice(0, -1).entries()) {
      buffer.data.fill(i + 1)
      parentPort?.postMessage(buffer.move())
    }
  },
  waiting: () => {
    hands.push(pool.acquireAsync(), pool.acquireAsync())
  },
  decoding: async () => {
    const { decode } = await import('../../../src/sharp/index.js')
    for (let i = pool.stats().free; i > 0; i--) hands.push(decode(picture, { pool }))
  },
  /** Nothing holds them any more, and nothing here makes the engine look. */
  forgotten: () => {
    acquireAll()
    hands.length = 0
  },
  lent: () => {
    const buffers = acquireAll()
    setTimeout(() => {
      for (const buffer of buffers) buffer.release()
    }, workerData.ms)
  },
  /** Has the first slot that comes, for a while. */
  borrowing: () => {
    const borrowed = pool.acquireAsync()
    borrowed.then((buffer) => setTimeout(() => buffer.release(), workerData.ms))
  },
  attached: () => {},
}

const ends: Readonly<Record<string, () => void>> = {
  return: () => {},
  exit: () => process.exit(0),
  throw: () => {
    throw new Error('nobody catches this')
  },
  /** Until it is terminated. It hears nothing. */
  block: () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
  /** Until it is terminated, or nothing else keeps the process awake. */
  listen: () => {
    parentPort?.on('message', () => {})
  },
}

const [enter, leave] = [states[state], ends[end]]
if (enter === undefined || leave === undefined) throw new Error(`cannot end ${state} ${end}`)
await enter()
parentPort?.postMessage(state)
leave()

function acquireAll(): PixelBuffer[] {
  const buffers = Array.from({ length: pool.stats().free }, () => pool.acquire())
  for (const buffer of buffers) hands.push(buffer, buffer.data.fill(0).subarray(1))
  return buffers
}
