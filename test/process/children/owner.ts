import { parentPort, workerData } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'

// A worker that posts all buffers of its own pool away, releases half of them, and ends.

const buffers: number = workerData.buffers
const pool = new PixelPool({ slots: buffers, slotBytes: 65_536 })
const leased = Array.from({ length: buffers }, () => pool.acquire({ width: 128, height: 128 }))
const memories = leased.map(({ data }) => data.fill(0x11).buffer)
parentPort?.postMessage(memories, memories)
for (const each of leased.slice(0, buffers / 2)) each.release()
if (workerData.end === 'terminate') setInterval(() => {}, 1000)
