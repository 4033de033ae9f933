import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { median, quantile } from 'simple-statistics'
import { PixelPool } from '../../src/index.js'
import { encode } from '../../src/sharp/index.js'
import { drawFrame } from '../animation.js'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { Meter, sink } from '../process.js'
import type { Pixels, Rival } from '../rival.js'
import { withRival } from '../rivals.js'
import { animation, animationFrame } from '../sizes.js'

const rivals = ['pixelpool', 'free-list', 'Buffer.alloc'] as const
const groups = ['gif', 'webp'] as const
const plain = 'Buffer.alloc'

export const writeAnimation: Bench = {
  name: 'write-animation',
  about:
    'Animations of 20 frames of 500x500 RGBA, drawn in JS and written to a file, one after another, with the least effort of the format. Buffer.alloc allocates each frame and joins them.',
  groups,
  rivals,
  rounds: 5,
  columns: [
    { title: 'ms a file', key: 'medianMs', digits: 1 },
    { title: 'p99 ms', key: 'p99Ms', digits: 0 },
    { title: 'x Buffer.alloc', key: 'medianMs', digits: 3, to: plain },
    { title: 'cpu ms a file', key: 'fileCpuMs', digits: 1 },
    { title: 'cpu x Buffer.alloc', key: 'fileCpuMs', digits: 3, to: plain },
    { title: 'faults a file', key: 'fileFaults', digits: 0 },
    { title: 'peak x Buffer.alloc', key: 'peakMb', digits: 2, to: plain },
    { title: 'files', key: 'n', digits: 0 },
    ...usageColumns,
  ],
  // The faults tell more than the times: they are the encoder's own memory, given back to the
  // system after each frame and taken again.
  targets: [
    { rival: 'pixelpool', group: 'gif', column: 'cpu x Buffer.alloc', atMost: 1.03 },
    { rival: 'pixelpool', group: 'webp', column: 'cpu x Buffer.alloc', atMost: 1.03 },
    { rival: 'pixelpool', group: 'webp', column: 'x Buffer.alloc', atMost: 1.03 },
    { rival: 'pixelpool', group: 'webp', column: 'faults a file', atMost: 1000 },
  ],
  picture: { key: 'fileCpuMs', title: 'processor ms a file', form: 'bar' },
  measure: (rival, group, smoke) => {
    const format = formats[known(groups, group)]
    switch (known(rivals, rival)) {
      case 'pixelpool':
        return measure(fromSlot(format), smoke)
      case 'free-list':
        return withRival('free-list', [animation], 1, (made) =>
          measure(fromWhole(made, format), smoke),
        )
      case 'Buffer.alloc':
        return withRival(plain, [animationFrame], 1, (made) =>
          measure(fromFrames(made, format), smoke),
        )
    }
  },
}

type Format = (image: Sharp) => Sharp

const formats: Readonly<Record<(typeof groups)[number], Format>> = {
  gif: (image) => image.gif({ effort: 1, colours: 16 }),
  webp: (image) => image.webp({ effort: 0 }),
}

/** Writes one animation to a file; answers its bytes. */
type Write = (file: string) => Promise<number>

async function measure(write: Write, smoke: boolean): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'pixelpool-animation-'))
  const file = join(folder, 'loop')
  for (let i = 0; i < (smoke ? 1 : 10); i++) sink.value += await write(file)
  const meter = new Meter()
  const times: number[] = []
  for (let i = 0; i < (smoke ? 3 : 40); i++) {
    const begin = performance.now()
    sink.value += await write(file)
    times.push(performance.now() - begin)
  }
  const usage = await meter.stop(smoke ? 10 : 2000)
  await rm(folder, { recursive: true })
  const n = times.length
  const numbers = {
    medianMs: median(times),
    p99Ms: quantile(times, 0.99),
    fileCpuMs: usage.cpuMs / n,
    fileFaults: usage.faults / n,
    n,
    ...usage,
  }
  return { numbers }
}

/** The product's own way, with all that encode() does for it. */
function fromSlot(format: Format): Write {
  const pool = new PixelPool({ slots: 1, shape: animation })
  return async (file) => {
    using buffer = pool.acquire()
    drawAll(buffer.data)
    const { size } = await encode(buffer, (image) => format(image).toFile(file))
    return size
  }
}

function fromWhole<F>(rival: Rival<F>, format: Format): Write {
  return async (file) => {
    const frame = rival.acquire(0)
    const pixels = rival.pixels(frame)
    drawAll(pixels)
    const { size } = await format(toImage(pixels)).toFile(file)
    rival.release(frame)
    return size
  }
}

function fromFrames<F>(rival: Rival<F>, format: Format): Write {
  return async (file) => {
    const frames: Uint8Array[] = []
    for (let page = 0; page < animation.pages; page++) {
      const pixels = rival.pixels(rival.acquire(0))
      drawFrame(pixels, 0, page)
      frames.push(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
    }
    const { size } = await format(toImage(Buffer.concat(frames))).toFile(file)
    return size
  }
}

function toImage(pixels: Pixels): Sharp {
  const { width, height, pages } = animation
  return sharp(pixels, {
    raw: { width, height: height * pages, channels: 4, pageHeight: height },
  })
}

function drawAll(pixels: Pixels): void {
  for (let page = 0; page < animation.pages; page++) {
    drawFrame(pixels, page * animationFrame.bytes, page)
  }
}
