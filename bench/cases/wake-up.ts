import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { max, median, quantile } from 'simple-statistics'
import { PixelPool } from '../../src/index.js'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import { nowUs, type Signal, signals, type WaiterOrder } from '../signals.js'
import { thumbnail } from '../sizes.js'

const waiterFile = new URL('../waiter.js', import.meta.url)
/** So that the other thread sleeps when the signal comes. */
const pauseMs = 1

export const wakeUp: Bench = {
  name: 'wake-up',
  about:
    "How long until a waiter in a worker goes on, from just before the main thread's release() of the only buffer, or its postMessage(). Both threads sleep before.",
  groups: [''],
  rivals: signals,
  rounds: 5,
  columns: [
    { title: 'median us', key: 'medianUs', digits: 1 },
    { title: 'p99 us', key: 'p99Us', digits: 0 },
    { title: 'longest us', key: 'longestUs', digits: 0 },
    { title: 'x postMessage', key: 'medianUs', digits: 2, to: 'postMessage' },
    { title: 'p99 x postMessage', key: 'p99Us', digits: 2, to: 'postMessage' },
    { title: 'giver us', key: 'giverUs', digits: 1 },
    { title: 'signals', key: 'n', digits: 0 },
    ...usageColumns,
  ],
  targets: [],
  picture: { key: 'medianUs', title: 'us to a waiter in another thread, median', form: 'bar' },
  measure: (rival, _, smoke) => measure(known(signals, rival), smoke),
}

async function measure(signal: Signal, smoke: boolean): Promise<Outcome> {
  const pool = new PixelPool({ slots: 1, shape: thumbnail })
  const given = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const workerData: WaiterOrder = { signal, token: pool.share(), given }
  const waiter = new Worker(waiterFile, { workerData })
  const give = signal === 'pixelpool' ? byRelease(pool) : () => () => waiter.postMessage('go on')
  const way: Way = { waiter, stamp: new Float64Array(given), give }
  await run(way, smoke ? 3 : 200)
  const meter = new Meter()
  const samples = await run(way, smoke ? 10 : 1500)
  const usage = await meter.stop(smoke ? 10 : 1000)
  await waiter.terminate()
  const waits = samples.map(({ waitedUs }) => waitedUs)
  const numbers = {
    medianUs: median(waits),
    p99Us: quantile(waits, 0.99),
    longestUs: max(waits),
    giverUs: median(samples.map(({ giverUs }) => giverUs)),
    n: samples.length,
    ...usage,
  }
  return { numbers }
}

interface Way {
  readonly waiter: Worker
  readonly stamp: Float64Array
  /** Makes the waiter wait for what is answered. */
  readonly give: () => () => void
}

function byRelease(pool: PixelPool): Way['give'] {
  return () => {
    const buffer = pool.acquire()
    return () => buffer.release()
  }
}

interface Sample {
  readonly waitedUs: number
  /** What the signal cost the thread that gave it. */
  readonly giverUs: number
}

async function run({ waiter, stamp, give }: Way, signalCount: number): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let i = 0; i < signalCount; i++) {
    const signal = give()
    waiter.postMessage('wait')
    await once(waiter, 'message')
    await pause(pauseMs)
    const begin = nowUs()
    stamp[0] = begin
    signal()
    const giverUs = nowUs() - begin
    const [waitedUs = Number.NaN]: number[] = await once(waiter, 'message')
    samples.push({ waitedUs, giverUs })
  }
  sink.value += samples.length
  return samples
}
