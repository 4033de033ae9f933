import { setImmediate as turn } from 'node:timers/promises'
import { median, quantile } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import type { Rival } from '../rival.js'
import { type RivalName, withRival } from '../rivals.js'
import { fullHd } from '../sizes.js'

const rivals: readonly RivalName[] = [
  'harness floor',
  'pixelpool',
  'pixelpool revoke:false',
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

export const acquireRelease: Bench = {
  name: 'acquire-release',
  about: 'One 1080p RGBA buffer at a time: acquire, write one byte, release. ns a pair.',
  groups: [''],
  rivals,
  rounds: 3,
  columns: [
    { title: 'median ns', key: 'medianNs', digits: 1 },
    { title: 'p99 ns', key: 'p99Ns', digits: 0 },
    { title: 'mean ns', key: 'meanNs', digits: 0 },
    { title: 'x free-list', key: 'medianNs', digits: 2, to: 'free-list' },
    { title: 'x wrap + detach', key: 'medianNs', digits: 2, to: 'wrap + detach' },
    { title: 'batches', key: 'n', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    target('pixelpool', 'median ns', 350, 22, 99),
    target('pixelpool', 'x wrap + detach', 0.45, 22, 99),
    target('pixelpool revoke:false', 'median ns', 110, 22, 99),
    target('pixelpool', 'median ns', 2000, 20, 20),
  ],
  picture: { key: 'medianNs', title: 'ns a pair, median', form: 'log' },
  measure: (rival, _, smoke) =>
    withRival(known(rivals, rival), [fullHd], 8, (made) => measure(made, smoke)),
}

function target(rival: string, column: string, atMost: number, from: number, to: number) {
  return { rival, group: '', column, atMost, nodes: { from, to } }
}

async function measure<F>(rival: Rival<F>, smoke: boolean): Promise<Outcome> {
  const warmUp = await run(rival, 64, smoke ? 10 : 300)
  const pairs = Math.max(1, Math.round((batchMs * 1e6) / median(warmUp.samples)))
  const meter = new Meter()
  const { samples, meanNs } = await run(rival, pairs, smoke ? 50 : 1000)
  const numbers = {
    medianNs: median(samples),
    p99Ns: quantile(samples, 0.99),
    meanNs,
    n: samples.length,
    ...(await meter.stop(smoke ? 10 : 1000)),
  }
  return { numbers }
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
