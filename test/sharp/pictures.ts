import sharp, { type Sharp } from 'sharp'
import { toGif, toTiff, toWebp } from './containers.js'
import { type Canvas, paint, to16Bits } from './paint.js'

/** An encoded picture. It is made when it is asked for, once. */
export interface Picture {
  readonly name: string
  readonly bytes: () => Promise<Buffer>
  /** Pages in the file. */
  readonly pages: number
  /** What its loader tells of how it must be turned, as EXIF counts. */
  readonly orientation: number
}

const rgb = { width: 203, height: 141, channels: 3 } as const
const rgba = { width: 122, height: 97, channels: 4 } as const
const large = { width: 2000, height: 1500, channels: 3 } as const
const moving = { width: 66, height: 48 } as const
const fast = { effort: 0 } as const

// JPEG

export const baselineJpeg: Picture = encoded('a baseline JPEG', rgb, (image) => image.jpeg())
export const progressiveJpeg: Picture = encoded('a progressive JPEG', rgb, (image) =>
  image.jpeg({ progressive: true }),
)
export const largeJpeg: Picture = encoded('a large JPEG', large, (image) => image.jpeg())
export const largeProgressiveJpeg: Picture = encoded('a large progressive JPEG', large, (image) =>
  image.jpeg({ progressive: true }),
)
const jpegs = [
  baselineJpeg,
  progressiveJpeg,
  encoded('a JPEG of 4:4:4', rgb, (image) => image.jpeg({ chromaSubsampling: '4:4:4' })),
  encoded('a grey JPEG', rgb, (image) => image.toColourspace('b-w').jpeg()),
  encoded('a CMYK JPEG', rgb, (image) => image.toColourspace('cmyk').jpeg()),
  encoded('a JPEG in Display P3', rgb, (image) => image.withIccProfile('p3').jpeg()),
  encoded('a grey JPEG with a profile', rgb, (image) =>
    image.toColourspace('b-w').withIccProfile('srgb').jpeg(),
  ),
  encoded('a CMYK JPEG with a profile', rgb, (image) => image.withIccProfile('cmyk').jpeg()),
]

/** A JPEG of each EXIF orientation. */
export const orientedJpegs: readonly Picture[] = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
  oriented(`a JPEG of orientation ${orientation}`, rgb, orientation, (image) => image.jpeg()),
)

export const largeTurnedJpeg: Picture = oriented(
  'a large JPEG of orientation 6',
  large,
  6,
  (image) => image.jpeg(),
)

// PNG

export const rgbPng: Picture = encoded('a PNG', rgb, (image) => image.png())
export const rgbaPng: Picture = encoded('a PNG with alpha', rgba, (image) => image.png())
export const largePng: Picture = encoded('a large PNG', large, (image) =>
  image.png({ compressionLevel: 1 }),
)
const pngs = [
  rgbPng,
  rgbaPng,
  encoded('a PNG of 16 bits', rgb, (image) => image.toColourspace('rgb16').png()),
  encoded('a PNG of 16 bits with alpha', rgba, (image) => image.toColourspace('rgb16').png()),
  encoded('a grey PNG', rgb, (image) => image.toColourspace('b-w').png()),
  encoded('a grey PNG of 16 bits', rgb, (image) => image.toColourspace('grey16').png()),
  encoded('a grey PNG with alpha', rgba, (image) => image.toColourspace('b-w').png()),
  encoded('a PNG with a palette', rgb, (image) => image.png({ palette: true, colours: 200 })),
  encoded('a PNG with a palette of 4', rgb, (image) => image.png({ palette: true, colours: 4 })),
  encoded('a PNG with a palette and alpha', rgba, (image) => image.png({ palette: true })),
  encoded('an interlaced PNG', rgb, (image) => image.png({ progressive: true })),
  encoded('a PNG in Display P3', rgb, (image) => image.withIccProfile('p3').png()),
  encoded('a PNG with alpha in Display P3', rgba, (image) => image.withIccProfile('p3').png()),
  oriented('a PNG of orientation 5', rgba, 5, (image) => image.png()),
]

// WebP

export const lossyWebp: Picture = encoded('a lossy WebP', rgb, (image) => image.webp(fast))
export const largeWebp: Picture = encoded('a large WebP', large, (image) => image.webp(fast))
export const animatedWebp: Picture = {
  ...made('an animated WebP', async () => {
    const frames = [moving, small(0), small(1), small(2), small(3), moving]
    return toWebp(
      moving,
      await Promise.all(
        frames.map(async (frame, i) => {
          const { width, height, left, top } = { left: 0, top: 0, ...frame }
          const image = painted({ width, height, channels: 4 }, i)
          const webp = await image.webp({ lossless: i % 2 === 0, effort: 0 }).toBuffer()
          return { width, height, left, top, webp }
        }),
      ),
    )
  }),
  pages: 6,
}
const webps = [
  lossyWebp,
  encoded('a lossless WebP', rgb, (image) => image.webp({ lossless: true, effort: 0 })),
  encoded('a lossy WebP with alpha', rgba, (image) => image.webp(fast)),
  encoded('a lossless WebP with alpha', rgba, (image) => image.webp({ lossless: true, effort: 0 })),
  encoded('a WebP in Display P3', rgb, (image) => image.withIccProfile('p3').webp(fast)),
  oriented('a WebP of orientation 8', rgb, 8, (image) => image.webp(fast)),
  animatedWebp,
]

// GIF

export const stillGif: Picture = encoded('a GIF', rgb, (image) => image.gif({ effort: 1 }))
export const animatedGif: Picture = {
  ...made('an animated GIF', async () => {
    const frames = [moving, small(0), small(1), small(2), small(3), moving]
    return toGif(
      moving,
      paint({ width: 16, height: 16, channels: 3 }, 99),
      frames.map((frame, i) => {
        const { width, height, left, top } = { left: 0, top: 0, ...frame }
        const indices = paint({ width, height, channels: 1 }, i)
        return { width, height, left, top, indices: withHoles(indices, i) }
      }),
    )
  }),
  pages: 6,
}
const gifs = [
  stillGif,
  encoded('a GIF with transparency', rgba, (image) => image.gif({ effort: 1 })),
  animatedGif,
]

// AVIF

export const rgbAvif: Picture = encoded('an AVIF', rgb, (image) => image.avif(fast))
const avifs = [
  rgbAvif,
  encoded('an AVIF with alpha', rgba, (image) => image.avif(fast)),
  encoded('an AVIF of 4:2:0', rgb, (image) =>
    image.avif({ effort: 0, chromaSubsampling: '4:2:0' }),
  ),
  encoded('a lossless AVIF', rgb, (image) => image.avif({ effort: 0, lossless: true })),
  encoded('an AVIF in Display P3', rgb, (image) => image.withIccProfile('p3').avif(fast)),
  // Its loader turns it, and tells of no orientation.
  { ...oriented('an AVIF of orientation 6', rgb, 6, (image) => image.avif(fast)), orientation: 1 },
]

// TIFF

export const stripTiff: Picture = encoded('a TIFF in strips', rgb, (image) =>
  image.tiff({ compression: 'lzw' }),
)
export const pagedTiff: Picture = {
  ...made('a TIFF of four pages', async () => {
    const canvas = { width: 60, height: 44, channels: 3 } as const
    return toTiff(
      [1, 2, 3, 4].map((seed) => {
        return { ...canvas, bits: 8, rowsPerStrip: 16, pixels: paint(canvas, seed) }
      }),
    )
  }),
  pages: 4,
}
const tiffs = [
  stripTiff,
  encoded('a TIFF in tiles', rgb, (image) =>
    image.tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: 'deflate' }),
  ),
  encoded('a TIFF with JPEG inside', rgb, (image) => image.tiff({ compression: 'jpeg' })),
  encoded('a TIFF with alpha', rgba, (image) => image.tiff({ compression: 'none' })),
  encoded('a TIFF in CMYK', rgb, (image) => image.toColourspace('cmyk').tiff()),
  encoded('a TIFF of 1 bit', rgb, (image) => image.toColourspace('b-w').tiff({ bitdepth: 1 })),
  oriented('a TIFF of orientation 6', rgb, 6, (image) => image.tiff()),
  made('a TIFF of 16 bits', async () => wideTiff(rgb)),
  made('a TIFF of 16 bits with alpha', async () => wideTiff(rgba)),
  made('a grey TIFF of 16 bits', async () => wideTiff({ ...rgb, channels: 1 })),
  pagedTiff,
  {
    ...made('a TIFF of pages of two sizes', async () => {
      const pages = [rgb, { ...rgb, width: 100, height: 80 }]
      return toTiff(
        pages.map((canvas) => {
          return { ...canvas, bits: 8, rowsPerStrip: 20, pixels: paint(canvas, canvas.width) }
        }),
      )
    }),
    pages: 2,
  },
]

/** One of each format and kind. */
export const pictures: readonly Picture[] = [
  ...jpegs,
  ...orientedJpegs,
  ...pngs,
  ...webps,
  ...gifs,
  ...avifs,
  ...tiffs,
]

/** Those that are much larger than what is asked for, so that loaders shrink them. */
export const largePictures: readonly Picture[] = [
  largeJpeg,
  largeProgressiveJpeg,
  largeTurnedJpeg,
  largePng,
  largeWebp,
]

/** Pictures whose pixels depend on all of a file. */
export const oneOfEachFormat: readonly Picture[] = [
  baselineJpeg,
  progressiveJpeg,
  rgbaPng,
  lossyWebp,
  animatedWebp,
  animatedGif,
  rgbAvif,
  stripTiff,
]

function made(name: string, make: () => Promise<Buffer>): Picture {
  let bytes: Promise<Buffer> | undefined
  return {
    name,
    bytes: () => {
      bytes ??= make()
      return bytes
    },
    pages: 1,
    orientation: 1,
  }
}

function encoded(name: string, canvas: Canvas, encode: (image: Sharp) => Sharp): Picture {
  return made(name, () => encode(painted(canvas, name.length)).toBuffer())
}

function oriented(
  name: string,
  canvas: Canvas,
  orientation: number,
  encode: (image: Sharp) => Sharp,
): Picture {
  const tagged = (image: Sharp): Sharp => encode(image.withMetadata({ orientation }))
  return { ...encoded(name, canvas, tagged), orientation }
}

function painted(canvas: Canvas, seed: number): Sharp {
  return sharp(paint(canvas, seed), { raw: canvas })
}

/** Where a smaller frame of an animation stands. */
function small(i: number): { left: number; top: number; width: number; height: number } {
  return { left: 4 * i, top: 2 * i, width: 30 + i, height: 21 + i }
}

/** Makes a part of a frame transparent. */
function withHoles(indices: Buffer, frame: number): Buffer {
  const holed = Buffer.from(indices)
  for (let i = frame; i < holed.length; i += 5 + frame) holed[i] = 0
  return holed
}

function wideTiff(canvas: Canvas & { readonly channels: 1 | 3 | 4 }): Buffer {
  const pixels = to16Bits(paint(canvas, 16))
  return toTiff([{ ...canvas, bits: 16, rowsPerStrip: 32, pixels }])
}
