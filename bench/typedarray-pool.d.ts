declare module 'typedarray-pool' {
  /** At least the next power of two in bytes is taken, and n of them are shown. */
  export function mallocUint8Clamped(n: number): Uint8ClampedArray<ArrayBuffer>
  export function freeUint8Clamped(pixels: Uint8ClampedArray): void
}
