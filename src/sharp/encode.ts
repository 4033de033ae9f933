import sharp, { type Sharp } from 'sharp'
import { PixelBuffer } from '../buffer.js'
import { argumentError } from '../errors.js'
import { isSharp } from './instance.js'
import { tellMalloc } from './malloc.js'

/**
 * Runs a sharp pipeline on the pixels of a buffer, in place: `encode(buffer, (image) =>
 * image.webp())`. The slot is pinned until sharp has read it, so `release()` may be called at once.
 *
 * A pipeline that is answered as it is, or by a promise, gives its output as a Buffer. One that the callback runs
 * itself, such as `image.toFile(path)`, gives what it settles with.
 *
 * @throws {PoolError} rejects with `ERR_BUFFER_RELEASED`, `ERR_BUFFER_ESCAPED`,
 * `ERR_INVALID_ARGUMENT`; and with sharp's own errors
 */
export async function encode(
  buffer: PixelBuffer,
  pipeline: (image: Sharp) => Sharp | Promise<Sharp>,
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
  return buffer.pin(async (data) => {
    const result = pipeline(sharp(data, { raw: buffer.raw }))
    if (typeof result !== 'object' || result === null) {
      const condition = 'a function that answers a sharp instance or a promise'
      throw argumentError('pipeline', condition, result)
    }
    if (isSharp(result)) return result.toBuffer() // at once: release() may be called right after
    const settled: unknown = await result
    return isSharp(settled) ? settled.toBuffer() : settled
  })
}
