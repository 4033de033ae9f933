import { parentPort, workerData } from 'node:worker_threads'
import { type PixelBuffer, PixelPool, PoolError } from '../../../src/index.js'
import { decode, metadata, strips } from '../../../src/sharp/index.js'
import { random } from './random.js'

// A worker that decodes pictures into a pool of its own, at random, until it is terminated.

const { seed, kind, pictures }: { seed: number; kind: string; pictures: Uint8Array[] } = workerData
const roll = random(seed)
const pool = new PixelPool({ slots: 4, slotBytes: 10_000_000 })
const path = kind === 'copy' ? 'copy' : 'direct'
const hands: PixelBuffer[] = []
const views: unknown[] = []
const stop = new Error('stopped')

const works: Readonly<Record<string, () => Promise<void>>> = {
  direct: decodeOne,
  copy: decodeOne,
  strips: readStrips,
}
const work = works[kind]
if (work === undefined) throw new Error(`there is no work '${kind}'`)

parentPort?.postMessage('decoding')
await Promise.all([repeat(work), repeat(work), repeat(work)])

async function repeat(once: () => Promise<void>): Promise<never> {
  for (;;) {
    try {
      await once()
    } catch (error) {
      if (!(error instanceof PoolError) && error !== stop) throw error
    }
  }
}

/** A picture that is kept for a while, dropped, or given up. */
async function decodeOne(): Promise<void> {
  const controller = new AbortController()
  const decoding = decode(pick(), {
    pool,
    path,
    signal: controller.signal,
    autoOrient: roll() < 0.5,
    ...(roll() < 0.5 ? { width: 300 } : {}),
    onProgress: () => {},
  })
  if (roll() < 0.2) setImmediate(() => controller.abort(stop))
  const [buffer] = await Promise.all([decoding, roll() < 0.1 ? metadata(pick()) : null])
  views.push(buffer.data.subarray(1))
  hands.push(buffer)
  if (hands.length > 1) hands.shift()?.release()
}

/** Some strips, with or without a proper end. */
async function readStrips(): Promise<void> {
  const reader = strips(pick(), { pool, rows: 1 + Math.floor(roll() * 300) })
  const most = roll() * 20
  for (let i = 0; i < most; i++) {
    const { done, value } = await reader.next()
    if (done === true) return
    value.release()
  }
  if (roll() < 0.7) await reader.return()
}

function pick(): Uint8Array {
  const picture = pictures[Math.floor(roll() * pictures.length)]
  if (picture === undefined) throw new Error('there are no pictures')
  return picture
}
