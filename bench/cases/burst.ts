import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { mean, median } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { touchHost } from '../host.js'
import type { Keeper } from '../keeper.js'
import { bookkeepers, environmentOf, idle, keepers, withKeeper } from '../keepers.js'
import { missingMallocs } from '../mallocs.js'
import { Meter, rssMb, sink } from '../process.js'
import { seed } from '../random.js'
import { Ring } from '../ring.js'
import { RssSeries } from '../rss-series.js'
import { fullHd, hd, megabyte, photo, thumbnail, ultraHd } from '../sizes.js'
import { budgetOf, inFlight, livePeak, makeSteps } from '../steps.js'

const sizes = [thumbnail, megabyte, hd, fullHd, ultraHd, photo]
/** Each burst begins with the first, and begins again after the last. */
const steps = makeSteps(8192, sizes)
const peak = livePeak([...steps, ...steps], sizes)
const budget = budgetOf(peak)
/** What the arena is told to keep. */
const reserveMb = sizes.reduce((sum, { bytes }) => sum + idle.keep * bytes, 0) / 1e6
const hostMb = 800
/** The first burst finds nothing that an earlier one has left: what follows it is looked at. */
const full = { bursts: 6, burstMs: 3000, windowMs: 1000, restMs: 15_000, settleMs: 2000, hostMb }
const short = { bursts: 2, burstMs: 100, windowMs: 40, restMs: 10, settleMs: 10, hostMb: 40 }
const sampleMs = 250
/** Whether another process touches memory just before each burst, see Bench.hostMb. */
const groups = ['host ready', 'as it comes'] as const

export const burst: Bench = {
  name: 'burst',
  about: `${full.bursts} bursts of ${full.burstMs / 1e3} s, each followed by ${full.restMs / 1e3} s with no call. In a burst eight RGBA frames of 256x256 to 12 MP are in flight (seed ${seed}), at most ${round(peak)} MB at once, each written with .fill(). The arena has a budget of ${budget / 1e6} MB and idle: { after: ${idle.after}, keep: ${idle.keep} }, which is a reserve of ${round(reserveMb * 1e6)} MB. RSS at the end of the rests, less the reserve, over that at the start; frames in the first second of a burst to those in its last, median of ${full.bursts - 1}. 'host ready': another process touches ${hostMb} MB before each burst.${missingMallocs()}`,
  groups,
  rivals: keepers,
  rounds: 1,
  hostMb,
  columns: [
    { title: 'start MB', key: 'startMb', digits: 0 },
    { title: 'reserve MB', key: 'reserveMb', digits: 0 },
    { title: 'rested MB', key: 'restedMb', digits: 0 },
    { title: 'over start %', key: 'overPercent', digits: 1 },
    { title: 'worst over start %', key: 'overWorstPercent', digits: 1 },
    { title: 'mean MB', key: 'meanMb', digits: 0 },
    { title: 'first x warm', key: 'firstToWarm', digits: 2 },
    { title: 'first frames/s', key: 'first', digits: 0 },
    { title: 'warm frames/s', key: 'warm', digits: 0 },
    { title: 'warm x free-list', key: 'warm', digits: 3, to: 'free-list' },
    { title: 'peak held x live peak', key: 'peakHeldToLive', digits: 3, rivals: bookkeepers },
    { title: 'released early', key: 'early', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    { title: 'cpu ms', key: 'cpuMs', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    { rival: 'pixelpool arena', group: 'host ready', column: 'worst over start %', atMost: 10 },
    { rival: 'pixelpool arena', group: 'host ready', column: 'first x warm', atLeast: 0.8 },
  ],
  picture: {
    key: 'peakMb',
    title: 'RSS in MB',
    form: 'line',
    along: { title: 'seconds', step: sampleMs / 1e3 },
  },
  environment: environmentOf,
  measure: (rival, group, smoke) => {
    const options = { sizes, frames: inFlight, budget }
    const touches = known(groups, group) === 'host ready'
    const plan = smoke ? short : full
    const ownReserveMb = rival === 'pixelpool arena' ? reserveMb : 0
    return withKeeper(known(keepers, rival), options, (keeper) =>
      measure(keeper, { ...plan, touches, reserveMb: ownReserveMb }),
    )
  },
}

function round(bytes: number): number {
  return Math.round(bytes / 1e6)
}

type Plan = typeof full & { readonly touches: boolean; readonly reserveMb: number }

async function measure<F>(keeper: Keeper<F>, plan: Plan): Promise<Outcome> {
  const ring = new Ring(keeper)
  await warmUp(ring, plan.windowMs)
  if (plan.touches) await touchHost(1) // what that needs itself is there at the start
  await wait(plan.settleMs)
  const rss = new RssSeries(sampleMs)
  const meter = new Meter()
  const bursts: Burst[] = []
  for (let i = 0; i < plan.bursts; i++) {
    if (plan.touches) await touchHost(plan.hostMb)
    const rates = await runBurst(ring, plan)
    await wait(plan.restMs)
    bursts.push({ ...rates, restedMb: rssMb() })
  }
  rss.stop()
  const usage = await meter.stop(0)
  const over = bursts.map(({ restedMb }) => restedMb - plan.reserveMb - rss.startMb)
  const later = bursts.slice(1)
  const numbers = {
    ...usage,
    startMb: rss.startMb,
    reserveMb: plan.reserveMb,
    restedMb: median(bursts.map(({ restedMb }) => restedMb)),
    overPercent: (median(over) * 100) / rss.startMb,
    overWorstPercent: (Math.max(...over) * 100) / rss.startMb,
    meanMb: mean(rss.mb),
    first: median(later.map(({ first }) => first)),
    warm: median(later.map(({ warm }) => warm)),
    firstToWarm: median(later.map(({ first, warm }) => first / warm)),
    peakHeldToLive: keeper.held().peakBytes / peak,
    early: ring.early,
    seed,
  }
  return { numbers, series: rss.mb }
}

interface Burst {
  /** Frames a second that began in its first window, and that ended in its last. */
  readonly first: number
  readonly warm: number
  /** RSS at the end of the rest after it. */
  readonly restedMb: number
}

/** Frames of the smallest size, until what the loop itself needs is compiled and collected. */
async function warmUp<F>(ring: Ring<F>, durationMs: number): Promise<void> {
  const begin = performance.now()
  for (let i = 0; performance.now() - begin < durationMs; i++) {
    write(ring, { size: 0, position: i % inFlight }, i)
    if (i % inFlight === 0) await turn()
  }
  ring.drain()
}

async function runBurst<F>(
  ring: Ring<F>,
  { burstMs, windowMs }: typeof full,
): Promise<Pick<Burst, 'first' | 'warm'>> {
  const begin = performance.now()
  let first = 0
  let last = 0
  for (let i = 0; ; i++) {
    const step = steps[i % steps.length]
    const beganMs = performance.now() - begin
    if (step === undefined || beganMs >= burstMs) break
    write(ring, step, i)
    if (beganMs < windowMs) first++
    if (performance.now() - begin >= burstMs - windowMs) last++
    // A server has I/O between its frames.
    if (i % inFlight === 0) await turn()
  }
  ring.drain()
  return { first: (first * 1e3) / windowMs, warm: (last * 1e3) / windowMs }
}

function write<F>(ring: Ring<F>, step: (typeof steps)[number], value: number): void {
  const pixels = ring.next(step).fill(value)
  sink.value += pixels[pixels.length - 1] ?? 0
}
