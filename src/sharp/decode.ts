import type { Sharp } from 'sharp'
import { unlessAborted } from '../abort.js'
import type { PixelArena } from '../arena.js'
import type { PixelBuffer } from '../buffer.js'
import { argumentError } from '../errors.js'
import { Lender } from '../lender.js'
import { checkWait } from '../line.js'
import type { NativeInput } from '../native-codec.js'
import type { PixelPool } from '../pool.js'
import type { Depth, Shape } from '../shape.js'
import { dismissCodec, dropCache as dropOperations, type Found, findCodec } from './codec.js'
import { copyImage, copyPipeline } from './copy.js'
import { decodeDirectly, toPlannedShape } from './direct.js'
import { displaced, noCodec, toError } from './failure.js'
import { type ImageInput, toInput } from './input.js'
import { isSharp } from './instance.js'
import { Place } from './place.js'
import { checkFlag, type ImageOptions, ImageRequest, imageOptions } from './request.js'

export interface DecodeOptions extends ImageOptions {
  /** Where the pixels go. */
  readonly pool: PixelPool<Depth> | PixelArena
  /**
   * Waits for a slot in the pool's line, before anything is read; a wait occupies no thread. So a
   * server may take any number of requests at once, and decodes as many as the pool has slots. In
   * an arena it may wait again, when the picture's shape is known. Default false: an exhausted pool
   * refuses.
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
 * An arena charges a slot by its shape, so the slot that is taken first is one of 64 KiB there. A
 * larger picture gives that back when its header has told its shape, and takes one of its own; the
 * header is read again then, which costs 0.1 to 1 ms. The copy path takes it when sharp's output is
 * there, which is in memory beside the arena meanwhile.
 *
 * A sharp instance is decoded by sharp, with whatever operations it was given, and copied; it is
 * switched to raw output and takes no options on the image.
 *
 * Cost: of baseline JPEGs some 0.7 times sharp's own processor time, and no page faults in a warm
 * slot (bench decode).
 *
 * @throws {PoolError} rejects with `ERR_POOL_EXHAUSTED` unless it waits (before anything is read; of
 * an arena also when the picture's shape is known), `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`,
 * `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_UNREADABLE`, `ERR_UNSUPPORTED_IMAGE`, `ERR_IMAGE_TOO_LARGE`,
 * `ERR_IMAGE_CORRUPT`, `ERR_UNSUPPORTED_RUNTIME` (no libvips that `path: 'direct'` could use); with a sharp instance's own errors
 */
export async function decode(
  input: ImageInput | Sharp,
  options: DecodeOptions,
): Promise<PixelBuffer> {
  const checked = check(options)
  const { signal, onProgress, dropCache } = checked
  const fill = isSharp(input) ? fillByPipeline(input, checked) : fillByImage(input, checked)
  signal?.throwIfAborted()
  const place = await Place.take(checked.pool, checked)
  try {
    const filled = dropCache ? fill(place).finally(dropOperations) : fill(place)
    const shape = await unlessAborted(filled, signal)
    onProgress?.(1)
    return place.toBuffer(shape)
  } finally {
    place[Symbol.dispose]()
  }
}

/** Puts pixels into a slot and answers their shape. */
type Fill = (place: Place) => Promise<Shape>

interface Checked {
  readonly pool: Lender<Depth>
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
  if (!(pool instanceof Lender)) throw argumentError('pool', 'a PixelPool or a PixelArena', pool)
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
  return (place) => copyPipeline(pipeline, place, pool.revoke)
}

function fillByImage(input: ImageInput, checked: Checked): Fill {
  const image = toInput(input)
  const { pool, path, request } = checked
  const copy: Fill = (place) => copyImage(image, request, place, pool.revoke)
  if (path === 'copy') return copy
  const codec = findCodec()
  if (path === 'direct') return fillDirectly(codec, image, checked, null)
  return canBeDirect(codec, request) ? fillDirectly(codec, image, checked, copy) : copy
}

/** Where libvips does not read the format, or not into our memory, `otherwise` is done. */
function fillDirectly(
  codec: Found,
  image: NativeInput,
  options: Checked,
  otherwise: Fill | null,
): Fill {
  if (codec.path === 'copy') throw noCodec(codec)
  return async (place) => {
    let report = await decodeDirectly(codec.native, image, place, options)
    while (report.outcome === 'does not fit') {
      await place.fit(toPlannedShape(report))
      report = await decodeDirectly(codec.native, image, place, options)
    }
    if (report.outcome === 'ok') return toPlannedShape(report)
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
