import { setImmediate as turn } from 'node:timers/promises'
import { median, quantile } from 'simple-statistics'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import type { Pixels, Rival } from '../rival.js'
import { type RivalName, withRival } from '../rivals.js'
import { fullHd } from '../sizes.js'

const never = 'plain, nothing detached'
const before = 'plain, after one transfer'
const hot = 'plain, transfer when hot'
const rivals = [never, 'pixelpool', 'pixelpool revoke:false', before, hot] as const
const groups = ['sum', 'grey'] as const

export const pixelLoop: Bench = {
  name: 'pixel-loop',
  about:
    "A loop in plain JS over a 1080p RGBA frame: 'sum' reads every byte, 'grey' makes it grey. The first detach or transfer in a process switches off a shortcut of V8; each rival has a process of its own.",
  groups,
  rivals,
  rounds: 3,
  columns: [
    { title: 'median ms', key: 'medianMs', digits: 2 },
    { title: 'p99 ms', key: 'p99Ms', digits: 2 },
    { title: 'x never detached', key: 'medianMs', digits: 2, to: never },
    { title: 'n', key: 'n', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    ...usageColumns,
  ],
  targets: [],
  picture: { key: 'medianMs', title: 'ms a frame, median', form: 'bar' },
  measure: async (rival, group, smoke) => {
    const name = known(rivals, rival)
    const loop = known(groups, group) === 'sum' ? sum : grey
    if (name === before) transferOne()
    return withRival(memoryOf(name), [fullHd], 1, (made) =>
      measure(made, loop, name === hot ? transferOne : () => {}, smoke),
    )
  },
}

function memoryOf(name: (typeof rivals)[number]): RivalName {
  return name === 'pixelpool' || name === 'pixelpool revoke:false' ? name : 'harness floor'
}

/** What any postMessage with a transfer list and any fetch() does. */
function transferOne(): void {
  const memory = new ArrayBuffer(8)
  sink.value += structuredClone(memory, { transfer: [memory] }).byteLength
}

async function measure<F>(
  rival: Rival<F>,
  loop: (pixels: Pixels) => number,
  whenHot: () => void,
  smoke: boolean,
): Promise<Outcome> {
  const warmUps = smoke ? 3 : 20
  for (let i = 0; i < warmUps; i++) pass(rival, loop, i)
  whenHot()
  for (let i = 0; i < warmUps; i++) pass(rival, loop, i)
  const meter = new Meter()
  const times: number[] = []
  for (let i = 0; i < (smoke ? 5 : 60); i++) {
    times.push(pass(rival, loop, i))
    await turn()
  }
  const numbers = {
    medianMs: median(times),
    p99Ms: quantile(times, 0.99),
    n: times.length,
    ...(await meter.stop(smoke ? 10 : 200)),
  }
  return { numbers }
}

/** ms of one acquire, loop, release. The pixels are written first, outside the clock. */
function pass<F>(rival: Rival<F>, loop: (pixels: Pixels) => number, value: number): number {
  const first = rival.acquire(0)
  rival.pixels(first).fill(value)
  rival.release(first)
  const begin = performance.now()
  const frame = rival.acquire(0)
  sink.value += loop(rival.pixels(frame))
  rival.release(frame)
  return performance.now() - begin
}

function sum(pixels: Pixels): number {
  let total = 0
  for (let i = 0; i < pixels.length; i++) total += pixels[i] ?? 0
  return total
}

/** Rec. 709 luma in 16 bits of fraction. */
function grey(pixels: Pixels): number {
  for (let i = 0; i < pixels.length; i += 4) {
    const red = pixels[i] ?? 0
    const green = pixels[i + 1] ?? 0
    const blue = pixels[i + 2] ?? 0
    const luma = (13933 * red + 46871 * green + 4732 * blue) >> 16
    pixels[i] = luma
    pixels[i + 1] = luma
    pixels[i + 2] = luma
  }
  return pixels[0] ?? 0
}
