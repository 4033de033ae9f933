import { parentPort, workerData } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'

// A worker that posts all buffers of its own pool away, releases half of them, and ends. Without
// revocation it releases them all before, and posts the stale views' memory.

const { buffers, end, revoke }: { buffers: number; end: string; revoke: boolean } = workerData
const pool = new PixelPool({ slots: buffers, slotBytes: 65_536, revoke })
const leased = Array.from({ length: buffers }, () => pool.acquire({ width: 128, height: 128 }))
const views = leased.map(({ data }) => data.fill(0x11))
if (!revoke) for (const each of leased) each.release()
const memories = views.map(({ buffer }) => (revoke ? buffer : buffer.transfer()))
parentPort?.postMessage(memories, memories)
if (revoke) for (const each of leased.slice(0, buffers / 2)) each.release()
if (end === 'terminate') setInterval(() => {}, 1000)
