import sharp from 'sharp'
import { PixelPool } from '../../src/index.js'
import { strips as readStrips } from '../../src/sharp/index.js'
import { type Bench, known, usageColumns } from '../bench.js'
import { type Huge, huge, hugeFormats, makeHuge } from '../huge.js'
import { Meter, sink } from '../process.js'

const rows = 256
const ours = 'pixelpool strips'
const whole = 'sharp full raw'
const piecewise = 'sharp extract loop'
const limitInputPixels = false

/** Reads all of a picture, from its top to its bottom. */
type Read = (picture: Huge) => Promise<void>

const reads: Readonly<Record<string, Read>> = {
  [ours]: async ({ path, side }) => {
    const pool = new PixelPool({ slots: 1, slotBytes: side * rows * 3 })
    for await (const strip of readStrips(path, { pool, rows, limitInputPixels })) {
      sink.value += strip.data.at(-1) ?? 0
      strip.release()
    }
  },
  [whole]: async ({ path, side }) => {
    const pixels = await sharp(path, { limitInputPixels }).raw().toBuffer()
    for (let row = rows; row <= side; row += rows) sink.value += pixels[row * side * 3 - 1] ?? 0
  },
  [piecewise]: async ({ path, side }) => {
    for (let top = 0; top < side; top += rows) {
      const height = Math.min(rows, side - top)
      const piece = sharp(path, { limitInputPixels }).extract({ left: 0, top, width: side, height })
      sink.value += (await piece.raw().toBuffer()).at(-1) ?? 0
    }
  },
}

export const strips: Bench = {
  name: 'strips',
  about:
    'A picture of 20,000 x 20,000 RGB pixels, 1.2 GB, read once from a file, 256 rows at a time.',
  groups: hugeFormats,
  rivals: Object.keys(reads),
  rounds: 1,
  columns: [
    { title: 'seconds', key: 'seconds', digits: 2 },
    { title: 'x full raw', key: 'seconds', digits: 3, to: whole },
    { title: 'x extract loop', key: 'seconds', digits: 3, to: piecewise },
    { title: 'peak x full raw', key: 'peakMb', digits: 2, to: whole },
    { title: 'cpu ms', key: 'cpuMs', digits: 0 },
    { title: 'faults', key: 'faults', digits: 0 },
    ...usageColumns,
  ],
  targets: hugeFormats.flatMap((group) => [
    { rival: ours, group, column: 'x full raw', atMost: 1.05 },
    { rival: ours, group, column: 'peak x full raw', atMost: 0.25 },
    { rival: ours, group, column: 'x extract loop', atMost: 0.1 },
  ]),
  picture: { key: 'peakMb', title: 'peak RSS, MB', form: 'bar' },
  prepare: makeHuge,
  async measure(rival, group, smoke) {
    const read = reads[rival]
    if (read === undefined) throw new RangeError(`no case ${rival}`)
    const picture = huge(known(hugeFormats, group), smoke)
    const meter = new Meter()
    const begin = performance.now()
    await read(picture)
    const seconds = (performance.now() - begin) / 1000
    return { numbers: { seconds, ...(await meter.stop(smoke ? 10 : 2000)) } }
  },
}
