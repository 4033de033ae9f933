import sharp, { type OutputInfo, type Sharp, type SharpInput } from 'sharp'
import type { PixelBuffer } from '../buffer.js'
import { argumentError, PoolError } from '../errors.js'
import { checkWait } from '../line.js'
import { native } from '../native.js'
import { PixelPool } from '../pool.js'
import {
  checkFits,
  type Depth,
  describe,
  type Shape,
  type ShapeOptions,
  toShape,
} from '../shape.js'

export interface DecodeOptions {
  /** Where the pixels go. */
  readonly pool: PixelPool<Depth>
  /** Gives up: the promise rejects with `signal.reason` and the slot is free again at once. */
  readonly signal?: AbortSignal | undefined
}

/** A slot is held while sharp decodes, before the picture's shape is known. */
const placeholder = { width: 1, height: 1, channels: 1 } as const

/**
 * Decodes an image into a slot of the pool: a path, a Buffer, or a sharp instance with whatever
 * operations it was given. The buffer has the shape that sharp answers; an animation has pages.
 *
 * The slot is taken first, so that no more images are decoded at once than the pool has slots (one
 * that was aborted frees its slot at once, though sharp goes on with it). A sharp instance is
 * switched to raw output.
 * sharp's own output is freed as soon as it is copied, and not by the garbage collector some time
 * later (with `revoke: false` it is left to the collector).
 *
 * @throws {PoolError} rejects with `ERR_POOL_EXHAUSTED` before anything is decoded,
 * `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`, `ERR_INVALID_ARGUMENT`; and with sharp's own errors
 */
export async function decode(
  input: SharpInput | Sharp,
  options: DecodeOptions,
): Promise<PixelBuffer> {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with a pool', options)
  }
  const { pool, signal } = options
  if (!(pool instanceof PixelPool)) throw argumentError('pool', 'a PixelPool', pool)
  checkWait({ signal })
  if (input === undefined || input === null) {
    throw argumentError('input', 'an image or a sharp instance', input)
  }
  signal?.throwIfAborted()
  const image = isSharp(input) ? input : sharp(input)
  const place = pool.acquire(placeholder)
  try {
    const shape = await unlessAborted(decodeInto(place, image, options), signal)
    return place.reshape(shape)
  } finally {
    place[Symbol.dispose]()
  }
}

/** Answers the shape of what is in the slot now. */
async function decodeInto(
  place: PixelBuffer,
  image: Sharp,
  { pool, signal }: DecodeOptions,
): Promise<Shape> {
  const { data: pixels, info } = await image.raw().toBuffer({ resolveWithObject: true })
  try {
    signal?.throwIfAborted()
    const shape = toShape(toShapeOptions(info))
    checkFits(shape, pool.slotBytes)
    if (pixels.byteLength !== shape.byteLength) {
      const tells = `sharp tells of ${describe(shape)} and gives ${pixels.byteLength} bytes`
      throw new PoolError('ERR_UNSUPPORTED_RUNTIME', `${tells}; use sharp 0.33 or later`)
    }
    new Uint8Array(place.data.buffer).set(pixels)
    return shape
  } finally {
    if (pool.revoke) freeNow(pixels)
  }
}

/** sharp tells the depth of raw output; its types do not. */
interface RawInfo extends OutputInfo {
  depth?: Depth
}

function toShapeOptions(info: RawInfo): ShapeOptions {
  const { width, height, channels, pages = 1, pageHeight = height, depth = 'uchar' } = info
  return { width, height: pageHeight, channels, depth, pages }
}

/** sharp's output has an ArrayBuffer of its own; a small Buffer of Node's shared pool has not. */
function freeNow({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) native.detach(buffer)
}

function isSharp(input: SharpInput | Sharp): input is Sharp {
  return typeof input === 'object' && 'toBuffer' in input
}

/** Stops waiting when the signal says so; what was waited for goes on and is dropped. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
