import { setImmediate as turn } from 'node:timers/promises'
import { median, quantile } from 'simple-statistics'
import { type Bench, known, type Numbers, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import type { Rival } from '../rival.js'
import { type RivalName, withRival } from '../rivals.js'
import { fullHd } from '../sizes.js'

const rivals: readonly RivalName[] = [
  'harness floor',
  'pixelpool',
  'pixelpool revoke:false',
  'pixelpool arena',
  'free-list',
  'typedarray-pool',
  'wrap + detach',
  'Buffer.allocUnsafeSlow',
  'Buffer.alloc',
  'Uint8ClampedArray',
]

/** A batch is as many pairs as take this long: long against the clock, short against a GC. */
const batchMs = 0.05
/** Finalizers run between turns of the event loop, and not in a loop without one. */
const turnEveryMs = 4
const comparisons = 101

export const acquireRelease: Bench = {
  name: 'acquire-release',
  about:
    'One 1080p RGBA buffer at a time: acquire, write one byte, release. ns a pair. The arena then takes turns with a pool in one process; what it costs more is the median of the differences.',
  groups: [''],
  rivals,
  rounds: 3,
  columns: [
    { title: 'median ns', key: 'medianNs', digits: 1 },
    { title: 'p99 ns', key: 'p99Ns', digits: 0 },
    { title: 'mean ns', key: 'meanNs', digits: 0 },
    { title: 'x free-list', key: 'medianNs', digits: 2, to: 'free-list' },
    { title: 'x wrap + detach', key: 'medianNs', digits: 2, to: 'wrap + detach' },
    { title: 'ns over a pool', key: 'overPoolNs', digits: 0, rivals: ['pixelpool arena'] },
    { title: 'batches', key: 'n', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    target('pixelpool', 'median ns', 350, 22, 99),
    target('pixelpool', 'x wrap + detach', 0.45, 22, 99),
    target('pixelpool revoke:false', 'median ns', 110, 22, 99),
    target('pixelpool', 'median ns', 2000, 20, 20),
    target('pixelpool arena', 'ns over a pool', 150, 20, 99),
  ],
  picture: { key: 'medianNs', title: 'ns a pair, median', form: 'log' },
  measure: (rival, _, smoke) => {
    const name = known(rivals, rival)
    return withRival(name, [fullHd], 8, async (made) => {
      const numbers = await measure(made, smoke)
      if (name !== 'pixelpool arena') return { numbers }
      return { numbers: { ...numbers, overPoolNs: await compare(made, smoke) } }
    })
  },
}

function target(rival: string, column: string, atMost: number, from: number, to: number) {
  return { rival, group: '', column, atMost, nodes: { from, to } }
}

async function measure<F>(rival: Rival<F>, smoke: boolean): Promise<Numbers> {
  const warmUp = await run(rival, 64, smoke ? 10 : 300)
  const pairs = Math.max(1, Math.round((batchMs * 1e6) / median(warmUp.samples)))
  const meter = new Meter()
  const { samples, meanNs } = await run(rival, pairs, smoke ? 50 : 1000)
  return {
    medianNs: median(samples),
    p99Ns: quantile(samples, 0.99),
    meanNs,
    n: samples.length,
    ...(await meter.stop(smoke ? 10 : 1000)),
  }
}

/** ns a pair more than a pool's, in turns of a few ms. */
async function compare<F>(rival: Rival<F>, smoke: boolean): Promise<number> {
  return withRival('pixelpool', [fullHd], 8, async (pool) => {
    const differences: number[] = []
    for (let i = 0; i < (smoke ? 3 : comparisons); i++) {
      const [theirs, ours] = [await run(pool, 64, turnEveryMs), await run(rival, 64, turnEveryMs)]
      differences.push(median(ours.samples) - median(theirs.samples))
    }
    return median(differences)
  })
}

/** ns a pair of each batch; the mean has the turns between batches in it. */
async function run<F>(
  rival: Rival<F>,
  pairs: number,
  durationMs: number,
): Promise<{ samples: number[]; meanNs: number }> {
  const samples: number[] = []
  const start = performance.now()
  let now = start
  let turned = start
  while (now - start < durationMs) {
    const begin = performance.now()
    batch(rival, pairs)
    now = performance.now()
    samples.push(((now - begin) * 1e6) / pairs)
    if (now - turned < turnEveryMs) continue
    await turn()
    turned = performance.now()
  }
  return { samples, meanNs: ((now - start) * 1e6) / (samples.length * pairs) }
}

function batch<F>(rival: Rival<F>, pairs: number): void {
  for (let i = 0; i < pairs; i++) {
    const frame = rival.acquire(0)
    const pixels = rival.pixels(frame)
    pixels[0] = i
    rival.release(frame)
  }
  sink.value += pairs
}
