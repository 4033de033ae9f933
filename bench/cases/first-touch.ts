import { median, quantile } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import type { Pixels } from '../rival.js'
import { type RivalName, withRival } from '../rivals.js'
import { fullHd } from '../sizes.js'

const rivals: readonly RivalName[] = [
  'pixelpool',
  'pixelpool hugePages:false',
  'free-list',
  'Buffer.allocUnsafeSlow',
]
const fresh = 'Buffer.allocUnsafeSlow'
const rounds = 15

export const firstTouch: Bench = {
  name: 'first-touch',
  about:
    'The first fill of a 1080p frame of a new pool, in turn with that of a fresh Buffer.allocUnsafeSlow in one process, 15 of each. All stay alive, so that no memory is seen twice.',
  groups: [''],
  rivals,
  rounds: 3,
  hostMb: 400,
  columns: [
    { title: 'median us', key: 'medianUs', digits: 0 },
    { title: 'p99 us', key: 'p99Us', digits: 0 },
    { title: 'fresh Buffer us', key: 'freshUs', digits: 0 },
    { title: 'times faster', key: 'faster', digits: 2 },
    { title: 'faults a frame', key: 'faultsEach', digits: 0 },
    { title: 'n', key: 'n', digits: 0 },
    ...usageColumns,
  ],
  targets: [{ rival: 'pixelpool', group: '', column: 'times faster', atLeast: 5 }],
  picture: { key: 'medianUs', title: 'us for the first fill, median', form: 'bar' },
  measure: (rival, _, smoke) => measure(known(rivals, rival), smoke),
}

async function measure(rival: RivalName, smoke: boolean): Promise<Outcome> {
  const kept: Touched[] = []
  touch(rival, kept)
  touch(fresh, kept)
  const meter = new Meter()
  const mine: Touched[] = []
  const theirs: Touched[] = []
  for (let round = 0; round < (smoke ? 3 : rounds); round++) {
    touch(rival, mine)
    touch(fresh, theirs)
  }
  const times = mine.map(({ us }) => us)
  const ratios = mine.map(({ us }, i) => (theirs[i]?.us ?? Number.NaN) / us)
  const numbers = {
    medianUs: median(times),
    p99Us: quantile(times, 0.99),
    freshUs: median(theirs.map(({ us }) => us)),
    faster: median(ratios),
    faultsEach: median(mine.map(({ faults }) => faults)),
    n: times.length,
    ...(await meter.stop(smoke ? 10 : 1000)),
  }
  for (const { pixels } of [...kept, ...mine, ...theirs]) sink.value += pixels[0] ?? 0
  return { numbers }
}

interface Touched {
  readonly us: number
  readonly faults: number
  /** Keeps the memory. */
  readonly pixels: Pixels
}

function touch(name: RivalName, touched: Touched[]): void {
  withRival(name, [fullHd], 1, (rival) => {
    const faults = process.resourceUsage().minorPageFault
    const begin = performance.now()
    const pixels = rival.pixels(rival.acquire(0)).fill(7)
    const us = (performance.now() - begin) * 1e3
    touched.push({ us, faults: process.resourceUsage().minorPageFault - faults, pixels })
  })
}
