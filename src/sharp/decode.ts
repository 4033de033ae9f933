import type { Sharp } from 'sharp'
import { unlessAborted } from '../abort.js'
import type { PixelBuffer } from '../buffer.js'
import { argumentError } from '../errors.js'
import { checkWait } from '../line.js'
import type { NativeInput } from '../native-codec.js'
import { PixelPool } from '../pool.js'
import type { Depth, Shape } from '../shape.js'
import { dismissCodec, dropCache as dropOperations, type Found, findCodec } from './codec.js'
import { copyImage, copyPipeline } from './copy.js'
import { decodeDirectly, toPlannedShape } from './direct.js'
import { displaced, noCodec, toError } from './failure.js'
import { type ImageInput, toInput } from './input.js'
import { isSharp } from './instance.js'
import { takePlace } from './place.js'
import { checkFlag, type ImageOptions, ImageRequest, imageOptions } from './request.js'

export interface DecodeOptions extends ImageOptions {
  /** Where the pixels go. */
  readonly pool: PixelPool<Depth>
  /**
   * Waits for a slot in the pool's line, before anything is read; a wait occupies no thread. So a
   * server may take any number of requests at once, and decodes as many as the pool has slots.
   * Default false: an exhausted pool refuses.
   */
  readonly wait?: boolean | undefined
  /** Gives up: the promise rejects with `signal.reason`, and the slot is free when libvips stops. */
  readonly signal?: AbortSignal | undefined
  /** Called with what was done so far, from 0 to 1. Of a copy only the end is told. */
  readonly onProgress?: ((fraction: number) => void) | undefined
  /**
   * `'direct'`: libvips writes into the slot. `'copy'`: sharp decodes, and its output is copied.
   * Default `'auto'`: directly, and by copy where that cannot be.
   */
  readonly path?: 'auto' | 'direct' | 'copy' | undefined
  /**
   * Empties libvips' cache of operations afterwards, which holds memory of pictures that were
   * resized. It is one for the whole process: sharp's pipelines use it too. Default false.
   */
  readonly dropCache?: boolean | undefined
}

/**
 * Decodes an image into a slot of the pool: JPEG, PNG, WebP, GIF, AVIF and HEIF, TIFF, and by copy
 * whatever else sharp reads. The pixels are those of sharp's own `raw()` output for the same
 * request, byte for byte: uchar, sRGB. Pages are stacked.
 *
 * The slot is taken first, so that no more images are decoded at once than the pool has slots, and
 * it is libvips' until it has stopped, whatever becomes of the pool and the buffer. An image that
 * does not fit is refused by its header, where no copy is made. It runs on a thread of libuv's pool.
 *
 * A sharp instance is decoded by sharp, with whatever operations it was given, and copied; it is
 * switched to raw output and takes no options on the image.
 *
 * Cost: of baseline JPEGs some 0.7 times sharp's own processor time, and no page faults in a warm
 * slot (bench decode).
 *
 * @throws {PoolError} rejects with `ERR_POOL_EXHAUSTED` before anything is decoded unless it waits,
 * `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`, `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_UNREADABLE`,
 * `ERR_UNSUPPORTED_IMAGE`, `ERR_IMAGE_TOO_LARGE`, `ERR_IMAGE_CORRUPT`, `ERR_UNSUPPORTED_RUNTIME`
 * (no libvips that `path: 'direct'` could use); with a sharp instance's own errors
 */
export async function decode(
  input: ImageInput | Sharp,
  options: DecodeOptions,
): Promise<PixelBuffer> {
  const checked = check(options)
  const { signal, onProgress, dropCache } = checked
  const fill = isSharp(input) ? fillByPipeline(input, checked) : fillByImage(input, checked)
  signal?.throwIfAborted()
  const place = await takePlace(checked.pool, checked)
  try {
    const filled = dropCache ? fill(place).finally(dropOperations) : fill(place)
    const shape = await unlessAborted(filled, signal)
    onProgress?.(1)
    return place.reshape(shape)
  } finally {
    place[Symbol.dispose]()
  }
}

/** Puts pixels into a slot and answers their shape. */
type Fill = (place: PixelBuffer) => Promise<Shape>

interface Checked {
  readonly pool: PixelPool<Depth>
  readonly wait: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((fraction: number) => void) | undefined
  readonly path: 'auto' | 'direct' | 'copy'
  readonly dropCache: boolean
  readonly request: ImageRequest
}

function check(options: DecodeOptions): Checked {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with a pool', options)
  }
  const { pool, wait = false, signal, onProgress, path = 'auto', dropCache = false } = options
  if (!(pool instanceof PixelPool)) throw argumentError('pool', 'a PixelPool', pool)
  checkFlag('wait', wait)
  checkWait({ signal })
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw argumentError('onProgress', 'a function', onProgress)
  }
  if (path !== 'auto' && path !== 'direct' && path !== 'copy') {
    throw argumentError('path', "'auto', 'direct' or 'copy'", path)
  }
  checkFlag('dropCache', dropCache)
  return { pool, wait, signal, onProgress, path, dropCache, request: new ImageRequest(options) }
}

function fillByPipeline(pipeline: Sharp, { pool, path, request }: Checked): Fill {
  if (path === 'direct') {
    throw argumentError('input', "a path or bytes with path 'direct'", pipeline)
  }
  request.checkLeftOut(imageOptions, 'with a sharp instance')
  return (place) => copyPipeline(pipeline, place, pool)
}

function fillByImage(input: ImageInput, checked: Checked): Fill {
  const image = toInput(input)
  const { pool, path, request } = checked
  const copy: Fill = (place) => copyImage(image, request, place, pool)
  if (path === 'copy') return copy
  const codec = findCodec()
  if (path === 'direct') return fillDirectly(codec, image, checked, null)
  return canBeDirect(codec, request) ? fillDirectly(codec, image, checked, copy) : copy
}

/** Where libvips does not read the format, or not into our memory, `otherwise` is done. */
function fillDirectly(
  codec: Found,
  image: NativeInput,
  { pool, ...options }: Checked,
  otherwise: Fill | null,
): Fill {
  if (codec.path === 'copy') throw noCodec(codec)
  return async (place) => {
    const report = await decodeDirectly(codec.native, image, place, options)
    if (report.outcome === 'ok') return toPlannedShape(report)
    if (report.outcome === 'does not fit') return toPlannedShape(report, pool)
    if (report.outcome === 'displaced') dismissCodec(displaced)
    const isOurs = report.outcome !== 'displaced' && report.outcome !== 'unsupported'
    if (isOurs || otherwise === null) throw toError(report)
    return otherwise(place)
  }
}

/** sharp 0.33 turns a picture before it resizes it, which gives other pixels. */
function canBeDirect(codec: Found, { turns, resizes }: ImageRequest): boolean {
  if (codec.path === 'copy') return false
  return !(turns && resizes && codec.version?.startsWith('8.15.') === true)
}
