/** What a user writes instead of a pool of several sizes: the smallest free memory that is enough. */
export class BestFit {
  readonly #free: ArrayBuffer[] = [] // from small to large

  acquire(bytes: number): Uint8ClampedArray<ArrayBuffer> {
    const found = this.#free.findIndex(({ byteLength }) => byteLength >= bytes)
    const [memory = new ArrayBuffer(bytes)] = found < 0 ? [] : this.#free.splice(found, 1)
    return new Uint8ClampedArray(memory, 0, bytes)
  }

  release({ buffer }: Uint8ClampedArray<ArrayBuffer>): void {
    const larger = this.#free.findIndex(({ byteLength }) => byteLength >= buffer.byteLength)
    this.#free.splice(larger < 0 ? this.#free.length : larger, 0, buffer)
  }
}
