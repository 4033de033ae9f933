import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { type DecoderName, makeDecoder } from '../decoder.js'
import { makeGallery, readGallery } from '../gallery.js'
import { Meter } from '../process.js'
import { RssSeries, rssPicture } from '../rss-series.js'

const rivals = [
  'sharp',
  'sharp cache(false)',
  'pixelpool direct',
  'pixelpool copy',
] as const satisfies readonly DecoderName[]

const workloads = {
  'baseline x1': { kind: 'baseline', lanes: 1 },
  'baseline x4': { kind: 'baseline', lanes: 4 },
  'progressive x1': { kind: 'progressive', lanes: 1 },
  'progressive x4': { kind: 'progressive', lanes: 4 },
} as const

const groups = ['baseline x1', 'baseline x4', 'progressive x1', 'progressive x4'] as const
const direct = 'pixelpool direct'
const idleMs = 2000

export const decodeMemory: Bench = {
  name: 'decode-memory',
  about:
    'JPEGs from files to pixels, one or four at once, 120 in all, each dropped when it is there. Pools have a slot a lane, of the largest image. RSS each 50 ms; the last 2 s are idle, after trim().',
  groups,
  rivals,
  rounds: 3,
  columns: [
    { title: 'peak x sharp', key: 'peakMb', digits: 2, to: 'sharp' },
    { title: 'idle x sharp', key: 'idleMb', digits: 2, to: 'sharp' },
    { title: 'start MB', key: 'startMb', digits: 0 },
    { title: 'slots MB', key: 'slotsMb', digits: 0 },
    { title: 'images/s', key: 'perSecond', digits: 1 },
    { title: 'cpu ms an image', key: 'imageCpuMs', digits: 1 },
    { title: 'faults an image', key: 'imageFaults', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    { rival: direct, group: 'baseline x1', column: 'peak x sharp', atMost: 0.6 },
    { rival: direct, group: 'baseline x4', column: 'peak x sharp', atMost: 0.7 },
    { rival: direct, group: 'progressive x1', column: 'peak x sharp', atMost: 0.8 },
    { rival: direct, group: 'progressive x4', column: 'peak x sharp', atMost: 0.8 },
  ],
  picture: rssPicture,
  prepare: makeGallery,
  measure: (rival, group, smoke) => measure(known(rivals, rival), known(groups, group), smoke),
}

async function measure(
  name: DecoderName,
  group: (typeof groups)[number],
  smoke: boolean,
): Promise<Outcome> {
  const { kind, lanes } = workloads[group]
  const pictures = await readGallery(kind)
  const bytes = Math.max(...pictures.map((picture) => picture.bytes))
  const decoder = makeDecoder(name, { lanes, bytes })
  const decodes = smoke ? 4 : 120
  const rss = new RssSeries()
  const meter = new Meter()
  const begin = performance.now()
  let begun = 0
  const lane = async (): Promise<void> => {
    while (begun < decodes) {
      const picture = pictures[begun++ % pictures.length]
      if (picture !== undefined) await decoder.decode(picture.path)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const perSecond = (1000 * decodes) / (performance.now() - begin)
  decoder.trim()
  const usage = await meter.stop(smoke ? 10 : idleMs)
  rss.stop()
  const numbers = {
    ...usage,
    startMb: rss.startMb,
    slotsMb: name.startsWith('pixelpool') ? (lanes * bytes) / 1e6 : 0,
    perSecond,
    imageCpuMs: usage.cpuMs / decodes,
    imageFaults: usage.faults / decodes,
  }
  return { numbers, series: rss.mb }
}
