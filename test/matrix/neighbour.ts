// A worker that does to a shared pool what it is told to.
import { parentPort, workerData } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../../src/index.js'

const { token, sample } = workerData
const pool = PixelPool.attach(token)
const hands: PixelBuffer[] = []

async function draw(): Promise<PixelBuffer> {
  const buffer = await pool.acquireAsync()
  buffer.data.fill(sample)
  return buffer
}

parentPort?.on('message', async (order) => {
  if (order === 'hold') {
    hands.push(await draw())
    parentPort?.postMessage('held')
  } else if (order === 'release') {
    hands.pop()?.release()
  } else if (order === 'move') {
    const buffer = await draw()
    parentPort?.postMessage(buffer.move())
  }
})
