/** What a user writes instead of a pool: pixels by size, kept for ever. */
export class FreeList {
  readonly #free: Map<number, Uint8ClampedArray[]> = new Map()

  acquire(bytes: number): Uint8ClampedArray {
    return this.#free.get(bytes)?.pop() ?? new Uint8ClampedArray(bytes)
  }

  release(pixels: Uint8ClampedArray): void {
    const free = this.#free.get(pixels.byteLength)
    if (free === undefined) this.#free.set(pixels.byteLength, [pixels])
    else free.push(pixels)
  }
}
