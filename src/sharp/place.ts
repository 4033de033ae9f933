import type { PixelBuffer } from '../buffer.js'
import { smallestBytes } from '../ladder.js'
import type { Lender } from '../lender.js'
import type { NativeMemory } from '../native-codec.js'
import { PixelPool } from '../pool.js'
import type { Depth, Shape, ShapeOptions } from '../shape.js'

export interface Patience {
  readonly wait: boolean
  readonly signal: AbortSignal | undefined
}

/**
 * A slot that is free now, or after a wait.
 *
 * @throws {PoolError} `ERR_POOL_EXHAUSTED`, `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`; or the reason
 * of the signal
 */
export async function acquire(
  pool: Lender<Depth>,
  shape: ShapeOptions,
  { wait, signal }: Patience,
): Promise<PixelBuffer> {
  return wait ? pool.acquireAsync(shape, { signal }) : pool.acquire(shape)
}

/**
 * A slot that is held for a picture whose shape is not known yet: held --toBuffer() | dispose-->
 * gone.
 *
 * Of a pool it is any slot, and all of it. In an arena a slot is charged by what may be written
 * there: it begins as a small one, and is exchanged when the picture turns out to be larger.
 */
export class Place implements Disposable {
  readonly #pool: Lender<Depth>
  readonly #patience: Patience
  #buffer: PixelBuffer // as large as anything that may be written

  private constructor(pool: Lender<Depth>, patience: Patience, buffer: PixelBuffer) {
    this.#pool = pool
    this.#patience = patience
    this.#buffer = buffer
  }

  /** @throws {PoolError} as {@link acquire} */
  static async take(pool: Lender<Depth>, patience: Patience): Promise<Place> {
    const width = pool instanceof PixelPool ? pool.slotBytes : smallestBytes
    const buffer = await acquire(pool, { width, height: 1, channels: 1 }, patience)
    return new Place(pool, patience, buffer)
  }

  /** What may be written. */
  get bytes(): number {
    return this.#buffer.byteLength
  }

  /** The memory for a native job, which is to write no more than `bytes`. */
  job(): NativeMemory {
    return this.#buffer.job()
  }

  /**
   * Memory for pixels of this shape: that which is held, or other memory in its stead. The old is
   * given back first, so that nobody holds a slot while he waits for another.
   *
   * @throws {PoolError} as {@link acquire}; nothing is held any more then
   */
  async fit(shape: Shape): Promise<PixelBuffer> {
    const { signal } = this.#patience
    signal?.throwIfAborted() // who held the place has given it back
    if (shape.byteLength <= this.bytes) return this.#buffer
    this.#buffer.release()
    const buffer = await acquire(this.#pool, shape, this.#patience)
    if (signal?.aborted === true) buffer.release() // it came in that very moment
    signal?.throwIfAborted()
    this.#buffer = buffer
    return buffer
  }

  /** The pixels, for whoever asked for them. */
  toBuffer(shape: Shape): PixelBuffer {
    return this.#buffer.reshape(shape)
  }

  [Symbol.dispose](): void {
    this.#buffer[Symbol.dispose]()
  }
}
