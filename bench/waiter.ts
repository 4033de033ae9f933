import { parentPort, workerData } from 'node:worker_threads'
import { PixelPool } from '../src/index.js'
import { nowUs, type WaiterOrder } from './signals.js'

/** Waits when it is told to, says so, and answers how long the signal took to come. */
const { signal, token, given }: WaiterOrder = workerData
const port = parentPort
if (port === null) throw new Error('a waiter must be a worker')
const pool = PixelPool.attach(token)
const stamp = new Float64Array(given)

function passedUs(): number {
  return nowUs() - (stamp[0] ?? Number.NaN)
}

port.on('message', async (word: 'wait' | 'go on') => {
  if (word === 'go on') {
    port.postMessage(passedUs())
  } else if (signal === 'postMessage') {
    port.postMessage('waits')
  } else {
    const coming = pool.acquireAsync()
    port.postMessage('waits')
    const buffer = await coming
    const us = passedUs()
    buffer.release()
    port.postMessage(us)
  }
})
