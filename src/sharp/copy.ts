import { readFile, stat } from 'node:fs/promises'
import sharp, { type OutputInfo, type Sharp, type SharpOptions } from 'sharp'
import { PoolError } from '../errors.js'
import { native } from '../native.js'
import type { NativeInput } from '../native-codec.js'
import { type Depth, describe, type Shape, toShape } from '../shape.js'
import { fromFileSystem, fromSharp } from './failure.js'
import type { Place } from './place.js'
import type { ImageOptions, ImageRequest } from './request.js'

/** Has sharp decode an image, and copies the pixels. Answers the shape of what is in the slot. */
export async function copyImage(
  input: NativeInput,
  { options }: ImageRequest,
  place: Place,
  revoke: boolean,
): Promise<Shape> {
  const image = sharp(await toSharpInput(input), toSharpOptions(options))
  if (options.autoOrient === true) image.rotate() // sharp 0.33 has no autoOrient()
  if (options.width !== undefined || options.height !== undefined) {
    const { width, height, fit = 'inside' } = options
    image.resize({ ...given({ width, height }), fit })
  }
  if (options.channels === 3) image.removeAlpha()
  if (options.channels === 4) image.ensureAlpha()
  try {
    return await copyPipeline(image, place, revoke)
  } catch (error) {
    throw error instanceof PoolError ? error : fromSharp(error)
  }
}

/** The same for an instance of sharp, with whatever operations it was given. */
export async function copyPipeline(image: Sharp, place: Place, revoke: boolean): Promise<Shape> {
  const { data: pixels, info } = await image.raw().toBuffer({ resolveWithObject: true })
  try {
    const shape = toShapeOf(pixels, info)
    const buffer = await place.fit(shape)
    new Uint8Array(buffer.data.buffer).set(pixels)
    return shape
  } finally {
    if (revoke) freeNow(pixels)
  }
}

/**
 * sharp waits for ever for somebody to write into a named pipe, and takes some names of files for
 * options: such a file is read here.
 */
async function toSharpInput(input: NativeInput): Promise<NativeInput> {
  if (typeof input !== 'string') return input
  try {
    if (!(await stat(input)).isFile()) throw new Error(`${input} is no regular file`)
    return input.includes('[') ? await readFile(input) : input
  } catch (error) {
    throw fromFileSystem(error)
  }
}

function toSharpOptions({ page, pages, limitInputPixels, failOn }: ImageOptions): SharpOptions {
  return given({ page, pages, limitInputPixels, failOn })
}

/** Without what is undefined, which sharp takes for a value. */
function given<T extends object>(options: T): { [Key in keyof T]: Exclude<T[Key], undefined> }
function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** sharp tells the depth of raw output; its types do not. */
interface RawInfo extends OutputInfo {
  depth?: Depth
}

/**
 * The pages are counted by the bytes: for formats without pages sharp tells as many as were asked
 * for, and before 0.35 as many as there are in the file.
 */
function toShapeOf(pixels: Buffer, info: RawInfo): Shape {
  const { width, height, channels, pageHeight = height, depth = 'uchar' } = info
  for (const rows of [pageHeight, height]) {
    const page = toShape({ width, height: rows, channels, depth })
    const pages = pixels.byteLength / page.byteLength
    if (Number.isInteger(pages) && pages > 0) {
      return toShape({ width, height: rows, channels, depth, pages })
    }
  }
  const told = describe(toShape({ width, height, channels, depth }))
  const tells = `sharp tells of ${told} and gives ${pixels.byteLength} bytes`
  throw new PoolError('ERR_UNSUPPORTED_RUNTIME', `${tells}; use sharp 0.33 or later`)
}

/** sharp's output has an ArrayBuffer of its own; a small Buffer of Node's shared pool has not. */
function freeNow({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) native.detach(buffer)
}
