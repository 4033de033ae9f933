import { argumentError } from '../errors.js'
import type { NativeInput } from '../native-codec.js'

/**
 * A compressed image: the path of a regular file, or its bytes. A name is a name: nothing in it is
 * taken for options. Bytes must not be changed or transferred before the call has settled.
 */
export type ImageInput = string | ArrayBufferLike | ArrayBufferView<ArrayBufferLike>

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
export function toInput(input: unknown): NativeInput {
  if (typeof input === 'string') {
    if (input === '') throw argumentError('input', 'a path or the bytes of an image', input)
    if (input.includes('\0')) throw argumentError('input', 'a path without NUL characters', input)
    return input
  }
  const isMemory = input instanceof ArrayBuffer || input instanceof SharedArrayBuffer
  if (!isMemory && !ArrayBuffer.isView(input)) {
    throw argumentError('input', 'a path, a Buffer, a typed array or an ArrayBuffer', input)
  }
  const { byteLength } = input // 0 too where the memory was transferred away
  if (byteLength === 0) throw argumentError('input', 'of at least one byte', 'none')
  return isMemory ? view(input, 0, byteLength) : view(input.buffer, input.byteOffset, byteLength)
}

/** Memory that another thread may write, or that may shrink, is copied: it would not hold still. */
function view(memory: ArrayBufferLike, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const holdsStill = memory instanceof ArrayBuffer && !('resizable' in memory && memory.resizable)
  if (holdsStill) return new Uint8Array(memory, offset, length)
  return new Uint8Array(new Uint8Array(memory, offset, length))
}
