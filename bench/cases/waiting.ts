import { setImmediate as turn } from 'node:timers/promises'
import { mean, median, quantile } from 'simple-statistics'
import { PixelPool } from '../../src/index.js'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import { thumbnail } from '../sizes.js'
import { WaitingList } from '../waiting-list.js'

const rivals = ['pixelpool', 'pixelpool timeout', 'promise queue'] as const
const groups = ['1 waiter', '4 waiters', '16 waiters', '64 waiters'] as const
/** Many enough to last long against the clock, and for everybody to have a turn. */
const batchWaits = 650
const timeoutMs = 60_000 // that never comes

export const waiting: Bench = {
  name: 'waiting',
  about:
    'One buffer of 256x256 in one thread: whoever has it writes a byte, releases it and joins the line again, in which so many others wait. ns from one to the next.',
  groups,
  rivals,
  rounds: 3,
  columns: [
    { title: 'median ns', key: 'medianNs', digits: 0 },
    { title: 'p99 ns', key: 'p99Ns', digits: 0 },
    { title: 'mean ns', key: 'meanNs', digits: 0 },
    { title: 'waits/s', key: 'perSecond', digits: 0 },
    { title: 'x promise queue', key: 'medianNs', digits: 1, to: 'promise queue' },
    { title: 'waits', key: 'n', digits: 0 },
    ...usageColumns,
  ],
  targets: [],
  picture: { key: 'medianNs', title: 'ns a wait, median', form: 'log' },
  measure: (rival, group, smoke) => {
    return measure(makeTurn(known(rivals, rival)), Number.parseInt(group, 10), smoke)
  },
}

/** Waits for the buffer, writes to it, and releases it. */
type Turn = (value: number) => Promise<void>

function makeTurn(rival: (typeof rivals)[number]): Turn {
  if (rival === 'promise queue') return byList()
  const pool = new PixelPool({ slots: 1, shape: thumbnail })
  const options = rival === 'pixelpool timeout' ? { timeout: timeoutMs } : {}
  return async (value) => {
    const buffer = await pool.acquireAsync(undefined, options)
    buffer.data[0] = value
    buffer.release()
  }
}

function byList(): Turn {
  const list = new WaitingList([new Uint8ClampedArray(thumbnail.bytes)])
  return async (value) => {
    const pixels = await list.acquire()
    pixels[0] = value
    list.release(pixels)
  }
}

async function measure(take: Turn, waiters: number, smoke: boolean): Promise<Outcome> {
  await run(take, waiters, smoke ? 10 : 300)
  const meter = new Meter()
  const samples = await run(take, waiters, smoke ? 50 : 1500)
  const numbers = {
    medianNs: median(samples),
    p99Ns: quantile(samples, 0.99),
    meanNs: mean(samples),
    perSecond: 1e9 / mean(samples),
    n: samples.length * batchWaits,
    ...(await meter.stop(smoke ? 10 : 1000)),
  }
  return { numbers }
}

/** ns a wait of each batch. */
async function run(take: Turn, waiters: number, durationMs: number): Promise<number[]> {
  const samples: number[] = []
  const start = performance.now()
  while (performance.now() - start < durationMs) {
    const begin = performance.now()
    await batch(take, waiters)
    samples.push(((performance.now() - begin) * 1e6) / batchWaits)
    // Promises alone never let the event loop turn.
    await turn()
  }
  return samples
}

/** One has the buffer, the others wait. */
async function batch(take: Turn, waiters: number): Promise<void> {
  let begun = 0
  const caller = async (): Promise<void> => {
    while (begun < batchWaits) await take(begun++)
  }
  await Promise.all(Array.from({ length: waiters + 1 }, caller))
  sink.value += begun
}
