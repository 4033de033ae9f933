import { setImmediate as turn } from 'node:timers/promises'
import { mean, quantile, sum } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import type { Keeper } from '../keeper.js'
import { environmentOf, idle, keepers, withKeeper } from '../keepers.js'
import { missingMallocs } from '../mallocs.js'
import { Meter, sink } from '../process.js'
import { seed } from '../random.js'
import { Ring } from '../ring.js'
import { RssSeries } from '../rss-series.js'
import { fullHd, hd, thumbnail, ultraHd } from '../sizes.js'
import { budgetOf, inFlight, livePeak, makeSteps, type Step } from '../steps.js'

const sizes = [thumbnail, hd, fullHd, ultraHd]
const growing = 500 // frames
/** The same in a smoke run, so that it has the same budget. */
const allSteps = makeSteps(6000, sizes)
const peak = livePeak(allSteps, sizes)
const budget = budgetOf(peak)
const idleMs = 2 * idle.after

export const mixed: Bench = {
  name: 'mixed',
  about: `The pipeline's frames (seed ${seed}), of which at most ${(peak / 1e6).toFixed(1)} MB are alive at once; the arena has a budget of ${budget / 1e6} MB. 'growth' is the first ${growing} frames, 'steady' the rest; 'held' is what a rival keeps from others by its own books, 'idle' its RSS ${idleMs / 1e3} s after the last frame was released.${missingMallocs()}`,
  groups: [''],
  rivals: keepers,
  rounds: 5,
  hostMb: 800,
  columns: [
    { title: 'frames/s', key: 'all', digits: 0 },
    { title: 'x free-list', key: 'all', digits: 3, to: 'free-list' },
    { title: 'growth x free-list', key: 'growth', digits: 3, to: 'free-list' },
    { title: 'steady x free-list', key: 'steady', digits: 3, to: 'free-list' },
    { title: 'p99 us', key: 'p99Us', digits: 0 },
    { title: 'longest ms', key: 'longestMs', digits: 1 },
    { title: 'peak held MB', key: 'peakHeldMb', digits: 1 },
    { title: 'peak held x live peak', key: 'peakHeldToLive', digits: 3 },
    { title: 'mean held MB', key: 'meanHeldMb', digits: 1 },
    { title: 'released early', key: 'early', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    { title: 'mean MB', key: 'meanMb', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    { rival: 'pixelpool arena', group: '', column: 'peak held x live peak', atMost: 1.1 },
    { rival: 'pixelpool arena', group: '', column: 'x free-list', atLeast: 1.1 },
    { rival: 'pixelpool arena', group: '', column: 'released early', atMost: 6 }, // of 6000
  ],
  picture: { key: 'peakHeldMb', title: 'MB held at the peak', form: 'bar' },
  environment: environmentOf,
  measure: (rival, _, smoke) => {
    const options = { sizes, frames: inFlight, budget }
    return withKeeper(known(keepers, rival), options, (keeper) => measure(keeper, smoke))
  },
}

async function measure<F>(keeper: Keeper<F>, smoke: boolean): Promise<Outcome> {
  const steps = smoke ? allSteps.slice(0, growing + 60) : allSteps
  const rss = new RssSeries()
  const meter = new Meter()
  const { times, heldBytes, early } = await run(keeper, steps)
  rss.stop()
  const peakHeldBytes = keeper.held().peakBytes
  const numbers = {
    all: rate(times),
    growth: rate(times.slice(0, growing)),
    steady: rate(times.slice(growing)),
    p99Us: quantile(times, 0.99) * 1e3,
    longestMs: Math.max(...times),
    peakHeldMb: peakHeldBytes / 1e6,
    peakHeldToLive: peakHeldBytes / peak,
    meanHeldMb: mean(heldBytes) / 1e6,
    early,
    meanMb: mean(rss.mb),
    n: times.length,
    seed,
    ...(await meter.stop(smoke ? 10 : idleMs)),
  }
  return { numbers }
}

function rate(times: readonly number[]): number {
  return (times.length * 1e3) / sum([...times])
}

interface Run {
  readonly times: number[] // ms a frame
  /** Before each turn of the event loop. */
  readonly heldBytes: number[]
  readonly early: number
}

async function run<F>(keeper: Keeper<F>, steps: readonly Step[]): Promise<Run> {
  const ring = new Ring(keeper)
  const times: number[] = []
  const heldBytes: number[] = []
  for (const [i, step] of steps.entries()) {
    const begin = performance.now()
    const pixels = ring.next(step).fill(i)
    sink.value += pixels[pixels.length - 1] ?? 0
    times.push(performance.now() - begin)
    if (i % inFlight !== 0) continue
    heldBytes.push(keeper.held().bytes)
    // A pipeline has I/O between its frames.
    await turn()
  }
  ring.drain()
  return { times, heldBytes, early: ring.early }
}
