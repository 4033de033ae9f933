import type { PixelBuffer } from '../../../src/index.js'

/** Every way to see a buffer's bytes that has a length. */
export function viewsOf({ data }: PixelBuffer<'uchar'>): (Uint8ClampedArray | Uint8Array)[] {
  const bytes = Buffer.from(data.buffer)
  return [
    data,
    data.subarray(7),
    data.subarray(0, 8).subarray(1),
    new Uint8Array(data.buffer),
    new Uint8Array(data.buffer, 64, 8),
    new Uint8ClampedArray(data.buffer),
    bytes,
    bytes.subarray(9),
    Buffer.from(data.buffer, 3, 4),
  ]
}
