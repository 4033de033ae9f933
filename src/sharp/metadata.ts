import { argumentError } from '../errors.js'
import type { NativeFormat } from '../native-codec.js'
import type { Shape } from '../shape.js'
import { findCodec } from './codec.js'
import { toPlannedShape } from './direct.js'
import { noCodec, toError } from './failure.js'
import { type ImageInput, toInput } from './input.js'
import { type ImageOptions, ImageRequest } from './request.js'
import { drainWarnings } from './warnings.js'

/** What an image's header tells. */
export interface Metadata {
  readonly format: NativeFormat
  /** Pixels a row, as they are in the file: not turned. */
  readonly width: number
  /** Rows a page. */
  readonly height: number
  readonly channels: number
  /** In the file. */
  readonly pages: number
  /** EXIF's, from 1 to 8; 1 where none is told. */
  readonly orientation: number
  /** What `decode()` with the same options gives. */
  readonly shape: Shape
  /** The least that a slot must have for it. */
  readonly slotBytes: number
}

/**
 * Reads the header of an image, and tells how large a slot must be to decode it with these options.
 * No pixel is decoded. It runs on a thread of libuv's pool.
 *
 * @throws {PoolError} rejects with `ERR_INVALID_ARGUMENT`, `ERR_IMAGE_UNREADABLE`,
 * `ERR_UNSUPPORTED_IMAGE`, `ERR_IMAGE_TOO_LARGE`, `ERR_IMAGE_CORRUPT`; `ERR_UNSUPPORTED_RUNTIME`
 * where {@link codec} finds none: sharp's own `metadata()` works there
 */
export async function metadata(input: ImageInput, options: ImageOptions = {}): Promise<Metadata> {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object', options)
  }
  const request = new ImageRequest(options)
  const image = toInput(input)
  const codec = findCodec()
  if (codec.path === 'copy') throw noCodec(codec)
  const report = await codec.native.look(image, request.native)
  drainWarnings(report.outcome !== 'ok' || request.isLenient)
  if (report.outcome !== 'ok') throw toError(report)
  const { format, width, height, channels, pages, orientation } = report.header
  const shape = toPlannedShape(report)
  return { format, width, height, channels, pages, orientation, shape, slotBytes: shape.byteLength }
}
