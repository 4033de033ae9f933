import sharp, { type Sharp } from 'sharp'
import { PoolError } from '../../src/index.js'
import {
  type DecodeOptions,
  decode,
  type ImageInput,
  type ImageOptions,
} from '../../src/sharp/index.js'

/** What sharp 0.33 has not, and later ones have. */
export const noPageHeight: false | string = isOldSharp() ? 'sharp 0.33 takes no raw pages' : false

/** sharp 0.33 turns a picture before it resizes it, and later ones after that. */
export function isOldSharp(): boolean {
  return sharp.versions.sharp?.startsWith('0.33.') ?? false
}

/** What came of a request: pixels, or a refusal. */
export type Outcome =
  | { readonly kind: 'pixels'; readonly shape: string; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly error: unknown }

/** A request, made to sharp in its own words. */
export function sharpOf(input: string | Buffer, options: ImageOptions): Sharp {
  const { width, height, fit = 'inside', autoOrient = false, channels = 'auto' } = options
  const { page, pages, limitInputPixels, failOn } = options
  const image = sharp(input, {
    ...(page === undefined ? {} : { page }),
    ...(pages === undefined ? {} : { pages }),
    ...(limitInputPixels === undefined ? {} : { limitInputPixels }),
    ...(failOn === undefined ? {} : { failOn }),
  })
  if (autoOrient) image.rotate() // as autoOrient(), which sharp 0.33 has not
  if (width !== undefined || height !== undefined) {
    image.resize({
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      fit,
    })
  }
  if (channels === 3) image.removeAlpha()
  if (channels === 4) image.ensureAlpha()
  return image.raw()
}

/** What sharp itself makes of a request. */
export async function sharps(input: string | Buffer, options: ImageOptions): Promise<Outcome> {
  try {
    const { data, info } = await sharpOf(input, options).toBuffer({ resolveWithObject: true })
    const { width, height, channels, pageHeight = height } = info
    // Of formats without pages sharp tells as many as were asked for, and gives one.
    const pages = data.length / (width * pageHeight * channels)
    const shape = shapeText({ width, height: pageHeight, channels, pages })
    return { kind: 'pixels', shape, bytes: data }
  } catch (error) {
    return { kind: 'refused', error }
  }
}

/** What we make of it: the pixels are a copy, and the buffer is released. */
export async function ours(input: ImageInput, options: DecodeOptions): Promise<Outcome> {
  try {
    using buffer = await decode(input, options)
    const { data, byteLength } = buffer
    return {
      kind: 'pixels',
      shape: shapeText(buffer),
      bytes: Buffer.from(new Uint8Array(data.buffer, 0, byteLength)),
    }
  } catch (error) {
    return { kind: 'refused', error }
  }
}

/** How two outcomes differ; null when they agree. Our refusal must be a PoolError. */
export function difference(our: Outcome, sharps: Outcome): string | null {
  if (our.kind === 'refused') {
    const { error } = our
    if (!(error instanceof PoolError)) return `refused by ${error}, which is no PoolError`
    return sharps.kind === 'refused'
      ? null
      : `refused (${error.code} ${error.message}), but not by sharp`
  }
  if (sharps.kind === 'refused') return `decoded, but sharp refuses: ${sharps.error}`
  if (our.shape !== sharps.shape) return `${our.shape} instead of ${sharps.shape}`
  return our.bytes.equals(sharps.bytes) ? null : differentBytes(our.bytes, sharps.bytes)
}

function differentBytes(our: Buffer, sharps: Buffer): string {
  if (our.length !== sharps.length) return `${our.length} bytes instead of ${sharps.length}`
  const distances = our.map((byte, i) => Math.abs(byte - (sharps[i] ?? 0)))
  const first = distances.findIndex((distance) => distance > 0)
  const count = distances.reduce((sum, distance) => sum + Math.sign(distance), 0)
  const most = distances.reduce((max, distance) => Math.max(max, distance), 0)
  return `${count} of ${our.length} bytes differ by up to ${most}, from byte ${first} on`
}

interface Told {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly pages: number
}

function shapeText({ width, height, channels, pages }: Told): string {
  return `${pages} of ${width}x${height}x${channels}`
}
