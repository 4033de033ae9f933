import { PixelArena, type PixelBuffer, PixelPool } from '../../../src/index.js'

// Ends the process with buffers in a state, both named on the command line.

const shape = { width: 512, height: 512 }
const pool = new PixelPool({ slots: 4, shape })
const hands: unknown[] = []

const states: Readonly<Record<string, () => unknown>> = {
  leased: () => {
    fill(pool)
  },
  traced: () => {
    fill(new PixelPool({ slots: 4, shape, leaks: 'trace' }))
  },
  retained: () => {
    for (const buffer of fill(pool)) hands.push(buffer.retain())
  },
  inArena: () => {
    fill(new PixelArena({ budget: '8MiB', clear: 'release' }))
  },
  inScratch: () => {
    const directory = process.env.PIXELPOOL_SCRATCH ?? ''
    const scratch = [{ directory, limit: '8MiB' }] as const
    const buffers = fill(new PixelArena({ budget: '1MiB', scratch }))
    if (buffers.every((each) => !each.scratch)) throw new Error('nothing is in scratch')
    buffers[3]?.release()
  },
  escaped: () => {
    for (const { data } of fill(pool)) {
      hands.push(structuredClone(data.buffer, { transfer: [data.buffer] }))
    }
  },
  pinned: () => {
    for (const buffer of fill(pool)) {
      hands.push(buffer.pin(() => new Promise(() => {})))
      if (hands.length % 3 === 0) buffer.release()
    }
  },
  encoding: async () => {
    const { encode } = await import('../../../src/sharp/index.js')
    for (const buffer of fill(pool)) {
      hands.push(encode(buffer, (image) => image.resize(900, 900).blur(2).png()))
      buffer.release()
    }
  },
  closed: () => {
    fill(pool)[0]?.release()
    pool.close()
  },
  waiting: () => {
    fill(pool)
    hands.push(
      pool.acquireAsync(),
      pool.use(() => {}),
    )
  },
  awaiting: () => {
    fill(pool)
    return pool.acquireAsync()
  },
}

const ends: Readonly<Record<string, () => void>> = {
  naturally: () => {},
  late: () => process.on('exit', () => console.log(`ended after ${sinceStart()} ms`)),
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('nobody catches this')
  },
}

const [, , state = '', end = ''] = process.argv
const [enter, leave] = [states[state], ends[end]]
if (enter === undefined || leave === undefined) throw new Error(`cannot end ${state} ${end}`)
const start = performance.now()
const entered = enter()
if (state === 'encoding') await entered
console.log(state)
// A turn later, so that native work has begun.
setImmediate(leave)
await entered

function fill(from: PixelPool | PixelArena): PixelBuffer<'uchar'>[] {
  const buffers = Array.from({ length: 4 }, () => from.acquire(shape))
  for (const { data } of buffers) hands.push(data.fill(1).subarray(1))
  hands.push(...buffers)
  return buffers
}

function sinceStart(): number {
  return Math.round(performance.now() - start)
}
