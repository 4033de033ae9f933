import { setImmediate as turn } from 'node:timers/promises'
import { median, quantile, sum } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import { seed } from '../random.js'
import type { Rival } from '../rival.js'
import { waysToHaveFrames, withRival } from '../rivals.js'
import { fullHd, hd, thumbnail, ultraHd } from '../sizes.js'
import { inFlight, makeSteps, type Step } from '../steps.js'

const sizes = [thumbnail, hd, fullHd, ultraHd]
/** The first frames, in which pools and lists still grow. */
const growing = 500

export const pipeline: Bench = {
  name: 'pipeline',
  about: `Eight RGBA frames of mixed sizes in flight, released in ring order with random hold (seed ${seed}); each is written with .fill(). 'growth' is the first ${growing} frames, 'steady' the rest.`,
  groups: [''],
  rivals: waysToHaveFrames,
  rounds: 5,
  hostMb: 800,
  columns: [
    { title: 'frames/s', key: 'all', digits: 0 },
    { title: 'x free-list', key: 'all', digits: 3, to: 'free-list' },
    { title: 'growth frames/s', key: 'growth', digits: 0 },
    { title: 'steady frames/s', key: 'steady', digits: 0 },
    { title: 'steady x free-list', key: 'steady', digits: 3, to: 'free-list' },
    { title: 'median us', key: 'medianUs', digits: 0 },
    { title: 'p99 us', key: 'p99Us', digits: 0 },
    { title: 'longest ms', key: 'longestMs', digits: 1 },
    { title: 'n', key: 'n', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    { title: 'cpu ms', key: 'cpuMs', digits: 0 },
    { title: 'cpu x free-list', key: 'cpuMs', digits: 3, to: 'free-list' },
    { title: 'peak x free-list', key: 'peakMb', digits: 3, to: 'free-list' },
    ...usageColumns,
  ],
  targets: [
    {
      rival: 'pixelpool',
      group: '',
      column: 'x free-list',
      atLeast: 1.15,
      nodes: { from: 22, to: 99 },
    },
    { rival: 'pixelpool', group: '', column: 'peak x free-list', atMost: 1.08 },
  ],
  picture: { key: 'all', title: 'frames a second', form: 'bar' },
  measure: (rival, _, smoke) =>
    withRival(known(waysToHaveFrames, rival), sizes, inFlight, (made) => measure(made, smoke)),
}

async function measure<F>(rival: Rival<F>, smoke: boolean): Promise<Outcome> {
  const plan = makeSteps(smoke ? growing + 60 : 6000, sizes)
  const meter = new Meter()
  const times = await run(rival, plan) // ms
  const steady = times.slice(growing)
  const numbers = {
    steady: rate(steady),
    all: rate(times),
    growth: rate(times.slice(0, growing)),
    medianUs: median(times) * 1e3,
    p99Us: quantile(times, 0.99) * 1e3,
    longestMs: Math.max(...times),
    n: times.length,
    seed,
    ...(await meter.stop(smoke ? 10 : 1000)),
  }
  return { numbers }
}

function rate(times: readonly number[]): number {
  return (times.length * 1e3) / sum([...times])
}

async function run<F>(rival: Rival<F>, plan: readonly Step[]): Promise<number[]> {
  const ring = new Array<F | undefined>(inFlight).fill(undefined)
  const times: number[] = []
  for (const [i, { size, position }] of plan.entries()) {
    const begin = performance.now()
    const last = ring[position]
    if (last !== undefined) rival.release(last)
    const frame = rival.acquire(size)
    ring[position] = frame
    const pixels = rival.pixels(frame).fill(i)
    sink.value += pixels[pixels.length - 1] ?? 0
    times.push(performance.now() - begin)
    // A pipeline has I/O between its frames.
    if (i % inFlight === 0) await turn()
  }
  return times
}
