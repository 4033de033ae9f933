/**
 * Writes the pictures of the codec's tests, small ones of every format.
 *   node test/codec/pictures.mjs <folder>
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const folder = process.argv[2] ?? 'build/codec-tests/pictures'
mkdirSync(folder, { recursive: true })

let state = 20240501 // seeds all noise

/** From 0 to 255 (Mulberry32). */
function noise() {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) & 0xff
}

/** Two slopes with a little noise, so that no two rows and no two columns are the same. */
function painted(width, height, channels, pages = 1) {
  const data = Buffer.alloc(width * height * pages * channels)
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / channels) % width
    const y = Math.floor(i / channels / width)
    const slope = i % channels === 1 ? (255 * y) / (height * pages) : (255 * x) / width
    data[i] = (slope + (noise() >> 3) + 40 * (i % channels)) & 0xff
  }
  const raw = { width, height: height * pages, channels, ...(pages > 1 && { pageHeight: height }) }
  return sharp(data, { raw })
}

/** A TIFF of one strip, which sharp would not write with so many bands. */
function manyBands(bands) {
  const [width, height] = [20, 15]
  const fields = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1], // not compressed
    [262, 1], // grey, and what comes after
    [273, 8], // the pixels' place
    [277, bands],
    [278, height],
    [279, width * height * bands],
    [338, 0],
  ]
  const pixels = Buffer.from(Array.from({ length: width * height * bands }, noise))
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(8 + pixels.length, 4)
  const directory = Buffer.alloc(2 + 12 * fields.length + 4)
  directory.writeUInt16LE(fields.length, 0)
  fields.forEach(([tag, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i)
    directory.writeUInt16LE(3, 4 + 12 * i) // of two bytes
    directory.writeUInt32LE(1, 6 + 12 * i)
    directory.writeUInt32LE(value, 10 + 12 * i)
  })
  return Buffer.concat([header, pixels, directory])
}

const turned = (orientation) =>
  painted(61, 47, 3).withMetadata({ orientation }).jpeg({ quality: 90 })

const pictures = {
  'baseline.jpg': painted(120, 80, 3).jpeg({ chromaSubsampling: '4:2:0' }),
  'progressive.jpg': painted(160, 90, 3).jpeg({ progressive: true }),
  'grey.jpg': painted(70, 50, 1).toColourspace('b-w').jpeg(),
  'cmyk.jpg': painted(64, 48, 3).toColourspace('cmyk').jpeg(),
  'p3.jpg': painted(64, 48, 3).withIccProfile('p3').jpeg(),
  'rgb.png': painted(100, 75, 3).png(),
  'rgba.png': painted(75, 100, 4).png(),
  'grey-alpha.png': painted(55, 65, 2).toColourspace('b-w').png(),
  'interlaced.png': painted(90, 60, 3).png({ progressive: true }),
  'palette.png': painted(60, 60, 3).png({ palette: true, colours: 16 }),
  'turned.png': painted(50, 70, 4).withMetadata({ orientation: 7 }).png(),
  '16-bit.png': painted(50, 50, 3).toColourspace('rgb16').png(),
  'grey-16-bit.png': painted(40, 50, 1).toColourspace('grey16').png(),
  'still.webp': painted(110, 70, 3).webp(),
  'alpha.webp': painted(60, 80, 4).webp({ lossless: true }),
  'animated.webp': painted(50, 60, 4, 5).webp({ delay: 50 }),
  'turned-animated.webp': painted(50, 60, 3, 3).withMetadata({ orientation: 6 }).webp(),
  'animated.gif': painted(60, 50, 3, 4).gif(),
  'many-pages.gif': painted(8, 6, 3, 30).gif(),
  'tall.png': painted(1, 200, 3).png(),
  'wide.webp': painted(300, 1, 3).withMetadata({ orientation: 8 }).webp(),
  'still.gif': painted(80, 60, 4).gif(),
  'still.avif': painted(96, 64, 3).avif({ effort: 0 }),
  'alpha.avif': painted(64, 64, 4).avif({ effort: 0 }),
  'strip.tiff': painted(90, 110, 3).tiff({ compression: 'lzw', predictor: 'horizontal' }),
  'tiled.tiff': painted(150, 130, 3).tiff({ tile: true, tileWidth: 64, tileHeight: 64 }),
  'jpeg.tiff': painted(100, 100, 3).tiff({ compression: 'jpeg' }),
  'pages.tiff': painted(40, 50, 3, 3).tiff({ compression: 'deflate' }),
  'plain.tiff': painted(200, 200, 3).tiff({ compression: 'none' }),
  'five-bands.tiff': manyBands(5),
  'six-bands.tiff': manyBands(6),
}
for (let orientation = 1; orientation <= 8; orientation++) {
  pictures[`orientation-${orientation}.jpg`] = turned(orientation)
}

for (const [name, picture] of Object.entries(pictures)) {
  writeFileSync(join(folder, name), picture instanceof Buffer ? picture : await picture.toBuffer())
}
