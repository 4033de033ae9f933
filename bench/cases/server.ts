import sharp from 'sharp'
import { median } from 'simple-statistics'
import { PixelPool } from '../../src/index.js'
import { decode } from '../../src/sharp/index.js'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { makeGallery, type Picture, readGallery } from '../gallery.js'
import { Meter, sink } from '../process.js'
import { RssSeries, rssPicture, sampleMs } from '../rss-series.js'

const requests = 64
const slots = 4
const rivals = [
  'pixelpool 64 at once',
  'pixelpool 4 at a time',
  'sharp 64 at once',
  'sharp 4 at a time',
] as const
const loads = {
  'pixelpool 64 at once': { pooled: true, lanes: requests },
  'pixelpool 4 at a time': { pooled: true, lanes: slots },
  'sharp 64 at once': { pooled: false, lanes: requests },
  'sharp 4 at a time': { pooled: false, lanes: slots },
} as const
const ordered = 'pixelpool 4 at a time'
const idleMs = 2000

export const server: Bench = {
  name: 'server',
  about: `${requests} JPEGs of 12 MP, asked for all at once or ${slots} at a time, each dropped when it is there. The pool has ${slots} slots; who waits, waits in its line (wait: true). RSS each ${sampleMs} ms; the last 2 s are idle.`,
  groups: [''],
  rivals,
  rounds: 5,
  columns: [
    { title: `peak x ${ordered}`, key: 'peakMb', digits: 3, to: ordered },
    { title: 'peak x sharp 64', key: 'peakMb', digits: 2, to: 'sharp 64 at once' },
    { title: 'start MB', key: 'startMb', digits: 0 },
    { title: 'slots MB', key: 'slotsMb', digits: 0 },
    { title: 'seconds', key: 'seconds', digits: 2 },
    { title: `time x ${ordered}`, key: 'seconds', digits: 3, to: ordered },
    { title: 'cpu ms an image', key: 'imageCpuMs', digits: 1 },
    { title: 'faults an image', key: 'imageFaults', digits: 0 },
    { title: 'median answer s', key: 'answerSeconds', digits: 2 },
    ...usageColumns,
  ],
  targets: [
    {
      rival: 'pixelpool 64 at once',
      group: '',
      column: `peak x ${ordered}`,
      atMost: 1.15,
    },
  ],
  picture: rssPicture,
  prepare: makeGallery,
  measure: (rival, _, smoke) => measure(known(rivals, rival), smoke),
}

async function measure(rival: (typeof rivals)[number], smoke: boolean): Promise<Outcome> {
  const { pooled, lanes } = loads[rival]
  const picture = await readPicture()
  const decodeOne = pooled ? byPool(picture) : bySharp(picture)
  const images = smoke ? 2 * slots : requests
  const rss = new RssSeries()
  const meter = new Meter()
  const answers = await ask(decodeOne, images, lanes)
  const usage = await meter.stop(smoke ? 10 : idleMs)
  rss.stop()
  const numbers = {
    ...usage,
    startMb: rss.startMb,
    slotsMb: pooled ? (slots * picture.bytes) / 1e6 : 0,
    seconds: Math.max(...answers),
    answerSeconds: median(answers),
    imageCpuMs: usage.cpuMs / images,
    imageFaults: usage.faults / images,
  }
  return { numbers, series: rss.mb }
}

/** Of 12 MP, and smaller in a smoke run. */
async function readPicture(): Promise<Picture> {
  const found = (await readGallery('baseline')).find(({ name }) => name === 'baseline-12mp')
  if (found === undefined) throw new Error('the gallery has no picture of 12 MP')
  return found
}

type Decode = () => Promise<void>

function byPool({ path, bytes }: Picture): Decode {
  const options = { pool: new PixelPool({ slots, slotBytes: bytes }), wait: true }
  return async () => {
    const buffer = await decode(path, options)
    sink.value += buffer.data.at(-1) ?? 0
    buffer.release()
  }
}

function bySharp({ path }: Picture): Decode {
  return async () => {
    const pixels = await sharp(path).raw().toBuffer()
    sink.value += pixels.at(-1) ?? 0
  }
}

/** Seconds until each image was there, from the beginning; so many are asked for at a time. */
async function ask(decodeOne: Decode, images: number, lanes: number): Promise<number[]> {
  const answers: number[] = []
  const begin = performance.now()
  let begun = 0
  const lane = async (): Promise<void> => {
    while (begun++ < images) {
      await decodeOne()
      answers.push((performance.now() - begin) / 1e3)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return answers
}
