import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { median, quantile } from 'simple-statistics'
import { drawFrame } from '../animation.js'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, rssMb, sink } from '../process.js'
import type { Pixels, Rival } from '../rival.js'
import { type RivalName, withRival } from '../rivals.js'
import { animation, animationFrame } from '../sizes.js'

/** These have one buffer for all frames of a GIF; the others allocate each frame and join them. */
const pooled: readonly RivalName[] = [
  'pixelpool',
  'pixelpool revoke:false',
  'free-list',
  'typedarray-pool',
]
const plain: readonly RivalName[] = ['Buffer.allocUnsafeSlow', 'Buffer.alloc', 'Uint8ClampedArray']
const rivals = [...pooled, ...plain]
const settled = 10 // loops

export const gifLoop: Bench = {
  name: 'gif-loop',
  about:
    "GIFs of 20 frames of 500x500 RGBA, drawn in JS, written to a file through sharp's pageHeight, one after another. RSS after the first ten, at the end, and some time after.",
  groups: [''],
  rivals,
  rounds: 1,
  columns: [
    { title: 'ms a GIF', key: 'medianMs', digits: 1 },
    { title: 'p99 ms', key: 'p99Ms', digits: 0 },
    { title: 'own ms', key: 'ownMs', digits: 2 },
    { title: 'start MB', key: 'startMb', digits: 0 },
    { title: 'after ten MB', key: 'settledMb', digits: 0 },
    { title: 'end MB', key: 'endMb', digits: 0 },
    { title: 'growth MB', key: 'growthMb', digits: 1 },
    { title: 'peak x Buffer.alloc', key: 'peakMb', digits: 2, to: 'Buffer.alloc' },
    { title: 'loops', key: 'n', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    { title: 'cpu ms', key: 'cpuMs', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    { rival: 'pixelpool', group: '', column: 'growth MB', atMost: 10 },
    { rival: 'pixelpool', group: '', column: 'peak x Buffer.alloc', atMost: 0.65 },
  ],
  picture: { key: 'peakMb', title: 'RSS in MB', form: 'line' },
  measure: (rival, _, smoke) => {
    const name = known(rivals, rival)
    return pooled.includes(name)
      ? withRival(name, [animation], 1, (made) => measure((file) => wholeGif(made, file), smoke))
      : withRival(name, [animationFrame], 1, (made) =>
          measure((file) => joinedGif(made, file), smoke),
        )
  },
}

/** Writes one GIF to a file; answers the ms spent outside sharp. */
type WriteGif = (file: string) => Promise<number>

async function measure(writeGif: WriteGif, smoke: boolean): Promise<Outcome> {
  await sharp({ create: { width: 9, height: 9, channels: 4, background: 'red' } })
    .gif()
    .toBuffer()
  const folder = await mkdtemp(join(tmpdir(), 'pixelpool-gif-'))
  const file = join(folder, 'loop.gif')
  const startMb = rssMb()
  const meter = new Meter()
  const times: number[] = []
  const own: number[] = []
  const series: number[] = []
  for (let loop = 0; loop < (smoke ? 3 : 200); loop++) {
    const begin = performance.now()
    own.push(await writeGif(file))
    times.push(performance.now() - begin)
    series.push(rssMb())
  }
  const settledMb = series[Math.min(settled, series.length) - 1] ?? Number.NaN
  const endMb = series.at(-1) ?? Number.NaN
  const numbers = {
    medianMs: median(times),
    p99Ms: quantile(times, 0.99),
    ownMs: median(own),
    startMb,
    settledMb,
    endMb,
    growthMb: endMb - settledMb,
    n: times.length,
    ...(await meter.stop(smoke ? 10 : 2000)),
  }
  await rm(folder, { recursive: true })
  return { numbers, series }
}

async function wholeGif<F>(rival: Rival<F>, file: string): Promise<number> {
  const begin = performance.now()
  const frame = rival.acquire(0)
  const pixels = rival.pixels(frame)
  for (let page = 0; page < animation.pages; page++) {
    drawFrame(pixels, page * animationFrame.bytes, page)
  }
  const drawnMs = performance.now() - begin
  await encode(pixels, file)
  rival.release(frame)
  return drawnMs
}

async function joinedGif<F>(rival: Rival<F>, file: string): Promise<number> {
  const begin = performance.now()
  const frames: Pixels[] = []
  for (let page = 0; page < animation.pages; page++) {
    const pixels = rival.pixels(rival.acquire(0))
    drawFrame(pixels, 0, page)
    frames.push(pixels)
  }
  const joined = Buffer.concat(
    frames.map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    ),
  )
  const drawnMs = performance.now() - begin
  await encode(joined, file)
  return drawnMs
}

async function encode(pixels: Pixels, file: string): Promise<void> {
  const { width, height, pages } = animation
  const raw = { width, height: height * pages, channels: 4, pageHeight: height } as const
  const { size } = await sharp(pixels, { raw }).gif({ effort: 1, colours: 16 }).toFile(file)
  sink.value += size
}
