import sharp, { type Sharp } from 'sharp'
import { makeRandom } from './random.js'

/** Soft shapes, finer ones, and grain: sides of the noise that is enlarged, and how much it tells. */
const layers = [
  { side: 12, contrast: 200 },
  { side: 150, contrast: 60 },
] as const
const tileSide = 512 // pixels, at most

/**
 * A picture that compresses about as a photo does, of any size, with grain of so many levels of 255.
 * Always the same for one size; the grain comes again each 512 pixels.
 */
export async function scene(width: number, height: number, grain: number = 8): Promise<Sharp> {
  const random = makeRandom()
  const [soft, fine] = layers.map(({ side, contrast }) => noise(random, side, contrast))
  if (soft === undefined || fine === undefined) throw new Error('a scene has two layers')
  const enlarge = (image: Sharp): Promise<Buffer> =>
    image.resize(width, height, { fit: 'fill', kernel: 'cubic' }).png(quick).toBuffer()
  const input = await noise(random, Math.min(tileSide, width, height), grain)
    .png(quick)
    .toBuffer()
  return sharp(await enlarge(soft), unlimited)
    .composite([
      { input: await enlarge(fine), blend: 'hard-light', ...unlimited },
      { input, tile: true, blend: 'hard-light' },
    ])
    .removeAlpha()
}

const quick = { compressionLevel: 1 } as const
const unlimited = { limitInputPixels: false } as const

/** Around the middle, which leaves alone what it is laid over. */
function noise(random: () => number, side: number, contrast: number): Sharp {
  const pixels = new Uint8Array(side * side * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = 127.5 + contrast * (random() - 0.5)
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
}
