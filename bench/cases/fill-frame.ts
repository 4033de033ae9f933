import { setImmediate as turn } from 'node:timers/promises'
import { mean, median, quantile } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import type { Rival } from '../rival.js'
import { waysToHaveFrames, withRival } from '../rivals.js'
import { fullHd, megabyte, photo, type Size } from '../sizes.js'

const groups: readonly string[] = [megabyte.name, fullHd.name, photo.name]
const rounds = 15
/** Written by each side before it is the other's turn. */
const blockBytes = 256_000_000

export const fillFrame: Bench = {
  name: 'fill-frame',
  about:
    "One frame at a time: acquire, write every byte with .fill(), release. Each rival takes turns with the free-list in one process, 15 blocks each. The ratios are medians of 15: 'x' of the blocks' medians, the typical frame; 'mean x' of their means, with the frames that pay for faults and collections.",
  groups,
  rivals: waysToHaveFrames,
  rounds: 1,
  columns: [
    { title: 'median us', key: 'medianUs', digits: 1 },
    { title: 'p99 us', key: 'p99Us', digits: 0 },
    { title: 'mean us', key: 'meanUs', digits: 1 },
    { title: 'x free-list', key: 'ratio', digits: 3 },
    { title: 'mean x free-list', key: 'meanRatio', digits: 3 },
    { title: 'mean x Buffer.alloc', key: 'meanRatio', digits: 3, to: 'Buffer.alloc' },
    { title: 'fills', key: 'n', digits: 0 },
    { title: 'faults a fill', key: 'faultsEach', digits: 1 },
    ...usageColumns,
  ],
  targets: [fullHd.name, photo.name].flatMap((group) => [
    { rival: 'pixelpool', group, column: 'x free-list', atMost: 1.05 },
    { rival: 'pixelpool', group, column: 'mean x Buffer.alloc', atMost: 0.1 },
  ]),
  picture: { key: 'meanUs', title: 'us a frame, mean', form: 'log' },
  measure: (rival, group, smoke) => {
    const size = sizeOf(group)
    return withRival('free-list', [size], 1, (other) =>
      withRival(known(waysToHaveFrames, rival), [size], 1, (made) =>
        measure(made, other, size, smoke),
      ),
    )
  },
}

function sizeOf(name: string): Size {
  if (name === megabyte.name) return megabyte
  return name === photo.name ? photo : fullHd
}

async function measure<F, G>(
  rival: Rival<F>,
  other: Rival<G>,
  size: Size,
  smoke: boolean,
): Promise<Outcome> {
  const fills = smoke ? 2 : Math.max(16, Math.round(blockBytes / size.bytes))
  await block(rival, fills)
  await block(other, fills)
  const meter = new Meter()
  const times: number[] = []
  const ratios: number[] = []
  const meanRatios: number[] = []
  for (let round = 0; round < (smoke ? 3 : rounds); round++) {
    // Who begins changes, so that neither always follows the other's garbage.
    const first = round % 2 === 0
    const before = first ? [] : await block(other, fills)
    const mine = await block(rival, fills)
    const theirs = first ? await block(other, fills) : before
    times.push(...mine)
    ratios.push(median(mine) / median(theirs))
    meanRatios.push(mean(mine) / mean(theirs))
  }
  const usage = await meter.stop(smoke ? 10 : 1000)
  const numbers = {
    medianUs: median(times),
    p99Us: quantile(times, 0.99),
    meanUs: mean(times),
    ratio: median(ratios),
    meanRatio: median(meanRatios),
    n: times.length,
    faultsEach: usage.faults / times.length,
    ...usage,
  }
  return { numbers }
}

/** us of each fill. The first is not counted: it finds the caches full of the other's frame. */
async function block<F>(rival: Rival<F>, fills: number): Promise<number[]> {
  await turn()
  const times: number[] = []
  for (let i = 0; i <= fills; i++) {
    const begin = performance.now()
    fill(rival, i)
    if (i > 0) times.push((performance.now() - begin) * 1e3)
  }
  return times
}

function fill<F>(rival: Rival<F>, value: number): void {
  const frame = rival.acquire(0)
  const pixels = rival.pixels(frame)
  pixels.fill(value)
  sink.value += pixels[pixels.length - 1] ?? 0
  rival.release(frame)
}
