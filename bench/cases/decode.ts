import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { type Decoder, decoderNames, makeDecoder } from '../decoder.js'
import { kinds, makeGallery, type Picture, readGallery } from '../gallery.js'
import { Laps } from '../laps.js'
import { Meter } from '../process.js'
import { fullHd } from '../sizes.js'

const groups = [...kinds, 'resize'] as const
const direct = 'pixelpool direct'

export const decode: Bench = {
  name: 'decode',
  about:
    'Images from files to pixels, each eleven times, one image after another. Medians of the last nine, then the geometric mean over the images; means hold the collections. resize: the larger baseline images, to fit 1080p.',
  groups,
  rivals: decoderNames,
  rounds: 3,
  columns: [
    { title: 'cpu ms', key: 'cpuMs', digits: 1 },
    { title: 'cpu x sharp', key: 'cpuMs', digits: 2, to: 'sharp' },
    { title: 'mean cpu x sharp', key: 'meanCpuMs', digits: 2, to: 'sharp' },
    { title: 'wall ms', key: 'wallMs', digits: 1 },
    { title: 'wall x sharp', key: 'wallMs', digits: 2, to: 'sharp' },
    { title: 'faults an image', key: 'imageFaults', digits: 0 },
    { title: 'images', key: 'images', digits: 0 },
    { title: 'decodes', key: 'n', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    { rival: direct, group: 'baseline', column: 'cpu x sharp', atMost: 0.75 },
    { rival: direct, group: 'baseline', column: 'faults an image', atMost: 200 },
    { rival: direct, group: 'progressive', column: 'cpu x sharp', atMost: 0.95 },
    { rival: direct, group: 'png', column: 'cpu x sharp', atMost: 0.85 },
    { rival: direct, group: 'resize', column: 'cpu x sharp', atMost: 1.05 },
    { rival: direct, group: 'resize', column: 'wall x sharp', atMost: 1.05 },
  ],
  picture: { key: 'cpuMs', title: 'CPU time an image, ms', form: 'bar' },
  prepare: makeGallery,
  async measure(rival, group, smoke) {
    const name = known(decoderNames, rival)
    if (known(groups, group) === 'resize') {
      const { width, height } = fullHd
      const options = { lanes: 1, bytes: width * height * 3, size: { width, height } }
      const decoder = makeDecoder(name, options)
      return measure(() => decoder, await toResize(smoke), smoke)
    }
    const pictures = await readGallery(known(kinds, group))
    // A pool for each size, as in earnest: V8 collects at each lease of a slot above 64 MB.
    const decoders = new Map(
      pictures.map(({ path, bytes }) => [path, makeDecoder(name, { lanes: 1, bytes })]),
    )
    return measure((path) => decoders.get(path), pictures, smoke)
  },
}

/** Those that shrink to fit; in a smoke run all are small. */
async function toResize(smoke: boolean): Promise<Picture[]> {
  const pictures = await readGallery('baseline')
  return smoke
    ? pictures
    : pictures.filter(({ width, height }) => width > fullHd.width || height > fullHd.height)
}

async function measure(
  decoderOf: (path: string) => Decoder | undefined,
  pictures: readonly Picture[],
  smoke: boolean,
): Promise<Outcome> {
  const laps = new Laps()
  const warm = new Laps()
  const meter = new Meter()
  for (const { path } of pictures) {
    const decode = async (): Promise<void> => decoderOf(path)?.decode(path)
    for (let i = 0; i < (smoke ? 1 : 2); i++) await warm.time(path, decode)
    for (let i = 0; i < (smoke ? 1 : 9); i++) await laps.time(path, decode)
  }
  const usage = await meter.stop(smoke ? 10 : 1000)
  const count = laps.count + warm.count
  const numbers = {
    ...usage,
    wallMs: laps.wallMs,
    cpuMs: laps.cpuMs,
    meanCpuMs: usage.cpuMs / count,
    imageFaults: laps.faults,
    images: pictures.length,
    n: laps.count,
  }
  return { numbers }
}
