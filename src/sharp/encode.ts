import sharp, { type Sharp } from 'sharp'
import { PixelBuffer } from '../buffer.js'
import { argumentError } from '../errors.js'
import { native } from '../native.js'

/**
 * Runs a sharp pipeline on the pixels of a buffer, in place: `encode(buffer, (image) =>
 * image.webp())`. The slot is pinned until sharp has read it, so `release()` may be called at once.
 *
 * A pipeline that is answered as it is gives its output as a Buffer. One that the callback runs
 * itself, such as `image.toFile(path)`, gives what it settles with.
 *
 * @throws {PoolError} rejects with `ERR_BUFFER_RELEASED`, `ERR_BUFFER_ESCAPED`,
 * `ERR_INVALID_ARGUMENT`; and with sharp's own errors
 */
export async function encode(
  buffer: PixelBuffer,
  pipeline: (image: Sharp) => Sharp,
): Promise<Buffer>
export async function encode<T>(
  buffer: PixelBuffer,
  pipeline: (image: Sharp) => Promise<T>,
): Promise<T>
export async function encode(
  buffer: PixelBuffer,
  pipeline: (image: Sharp) => Sharp | Promise<unknown>,
): Promise<unknown> {
  if (!(buffer instanceof PixelBuffer)) throw argumentError('buffer', 'a PixelBuffer', buffer)
  if (typeof pipeline !== 'function') throw argumentError('pipeline', 'a function', pipeline)
  tellMalloc(buffer.byteLength)
  return buffer.pin((data) => {
    const result = pipeline(sharp(data, { raw: buffer.raw }))
    if (typeof result !== 'object' || result === null) {
      const condition = 'a function that answers a sharp instance or a promise'
      throw argumentError('pipeline', condition, result)
    }
    return 'toBuffer' in result ? result.toBuffer() : result
  })
}

let told = 0 // bytes

/**
 * Once for each size that is larger than all before: a plain buffer would have taught glibc's malloc
 * to keep the encoder's own memory between frames, and a slot does not go through malloc.
 */
function tellMalloc(bytes: number): void {
  if (bytes <= told) return
  told = bytes
  native.tellMalloc(bytes)
}
