/**
 * Whether all bytes of a view are the same known one. Native code looks: a loop in JavaScript takes
 * megabytes for its own machine code.
 */
export function sees({ buffer, byteOffset, byteLength }: ArrayBufferView, byte: number): boolean {
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  return bytes[0] === byte && bytes.subarray(1).equals(bytes.subarray(0, -1))
}
