import { constants } from 'node:buffer'
import { argumentError, PoolError } from './errors.js'

/** The typed array of each depth. The names are libvips' and sharp's. */
interface PixelArrays {
  uchar: Uint8ClampedArray<ArrayBuffer>
  char: Int8Array<ArrayBuffer>
  ushort: Uint16Array<ArrayBuffer>
  short: Int16Array<ArrayBuffer>
  uint: Uint32Array<ArrayBuffer>
  int: Int32Array<ArrayBuffer>
  float: Float32Array<ArrayBuffer>
  double: Float64Array<ArrayBuffer>
}

/** What one sample of a pixel is: `uchar` 8 bits unsigned ... `double` 64 bits floating point. */
export type Depth = keyof PixelArrays

/** The typed array that shows pixels of a depth. */
export type PixelArray<D extends Depth = Depth> = PixelArrays[D]

export type Channels = 1 | 2 | 3 | 4

/** The picture that is wanted. Rows are tightly packed and pages follow one another. */
export interface ShapeOptions<D extends Depth = Depth> {
  /** Pixels a row, from 1. */
  readonly width: number
  /** Rows a page, from 1. */
  readonly height: number
  /** Samples a pixel. Default 4. */
  readonly channels?: Channels
  /** What a sample is. Default `'uchar'`. */
  readonly depth?: D
  /** Pages (frames) of this width and height, from 1. Default 1. */
  readonly pages?: number
}

/** A shape that was checked, with nothing left to defaults. */
export interface Shape<D extends Depth = Depth> {
  readonly width: number
  readonly height: number
  readonly channels: Channels
  readonly depth: D
  readonly pages: number
  /** Samples in all: width x height x channels x pages. */
  readonly length: number
  readonly byteLength: number
}

/** How sharp is told of raw pixels: `sharp(buffer.data, { raw: buffer.raw })`. */
export interface Raw {
  width: number
  /** Rows in all: of every page together. */
  height: number
  channels: Channels
  /** Rows a page, where there are several pages. */
  pageHeight?: number
}

interface PixelArrayConstructor<D extends Depth> {
  readonly BYTES_PER_ELEMENT: number
  new (memory: ArrayBuffer, byteOffset: number, length: number): PixelArray<D>
}

const arrays: { readonly [D in Depth]: PixelArrayConstructor<D> } = {
  uchar: Uint8ClampedArray,
  char: Int8Array,
  ushort: Uint16Array,
  short: Int16Array,
  uint: Uint32Array,
  int: Int32Array,
  float: Float32Array,
  double: Float64Array,
}

/** The longest typed array that this runtime makes. */
export const byteLengthMax: number = constants.MAX_LENGTH

const depths = Object.keys(arrays)
  .map((depth) => `'${depth}'`)
  .join(', ')

let last: Shape | null = null // most callers ask for the same one again and again

/**
 * Checks what a caller asks for and fills in the defaults.
 *
 * @throws {PoolError} `ERR_INVALID_ARGUMENT`
 */
export function toShape<D extends Depth = 'uchar'>(options: ShapeOptions<D>): Shape<D>
export function toShape(options: ShapeOptions): Shape {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('shape', 'an object with width and height', options)
  }
  const { width, height, channels = 4, depth = 'uchar', pages = 1 } = options
  if (
    last?.width === width &&
    last.height === height &&
    last.channels === channels &&
    last.depth === depth &&
    last.pages === pages
  ) {
    return last
  }
  checkCount('width', width)
  checkCount('height', height)
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw argumentError('channels', '1, 2, 3 or 4', channels)
  }
  if (!isDepth(depth)) throw argumentError('depth', `one of ${depths}`, depth)
  checkCount('pages', pages)

  const length = width * height * channels * pages
  const byteLength = length * arrays[depth].BYTES_PER_ELEMENT
  last = Object.freeze({ width, height, channels, depth, pages, length, byteLength })
  return last
}

/** Shows the start of a slot's memory as the pixels of a shape. */
export function toPixels<D extends Depth>(memory: ArrayBuffer, shape: Shape<D>): PixelArray<D> {
  return new arrays[shape.depth](memory, 0, shape.length)
}

/** @throws {PoolError} `ERR_SHAPE_TOO_LARGE` */
export function checkFits(shape: Shape, slotBytes: number): void {
  if (shape.byteLength <= slotBytes) return
  throw new PoolError(
    'ERR_SHAPE_TOO_LARGE',
    `${describe(shape)} needs ${shape.byteLength} bytes, a slot has ${slotBytes}; make a pool with larger slots`,
  )
}

/** `640x480x3 uchar`, with the pages in front if there are several. */
export function describe(shape: Shape): string {
  const pages = shape.pages === 1 ? '' : `${shape.pages} pages of `
  return `${pages}${shape.width}x${shape.height}x${shape.channels} ${shape.depth}`
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` unless the value is an integer from 1 to `max`. */
export function checkCount(
  name: string,
  value: unknown,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value === 'number' && Number.isInteger(value) && 1 <= value && value <= max) return
  const condition = max === Number.MAX_SAFE_INTEGER ? '>= 1' : `between 1 and ${max}`
  throw argumentError(name, `an integer ${condition}`, value)
}

function isDepth(depth: unknown): depth is Depth {
  return typeof depth === 'string' && Object.hasOwn(arrays, depth)
}
