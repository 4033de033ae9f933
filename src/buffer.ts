import { argumentError, escaped, released, releasedTwice, unmoved } from './errors.js'
import type { Handle } from './handle.js'
import type { NativeMemory } from './native-codec.js'
import {
  type Channels,
  checkFits,
  type Depth,
  type PixelArray,
  type Raw,
  type Shape,
} from './shape.js'
import { Slots } from './slots.js'
import { type BufferToken, type MoveOptions, newKey, toExpires } from './tokens.js'

/**
 * One picture's memory, leased from a {@link PixelPool} until `release()`.
 *
 * State: leased --release() | move()--> released. There is no way back: acquire again instead. A
 * buffer that is forgotten, with all its views, comes back to the pool by itself some time after;
 * that is counted as a leak.
 *
 * It belongs to the thread that acquired it.
 */
export class PixelBuffer<D extends Depth = Depth> implements Disposable {
  /** What the pixels are: width, height, channels, depth, pages. */
  readonly shape: Shape<D>
  readonly #slots: Slots
  #handle: Handle | null // null once released
  #data: PixelArray<D> | null // null once released

  /** Buffers are made by `pool.acquire()` only. */
  constructor(slots: Slots, handle: Handle, shape: Shape<D>, pixels: PixelArray<D>) {
    if (!(slots instanceof Slots)) throw argumentError('a PixelBuffer', 'made by a pool', slots)
    this.shape = shape
    this.#slots = slots
    this.#handle = handle
    this.#data = pixels
  }

  /**
   * The pixels: width x height x channels x pages samples, row after row, tightly packed, page
   * after page. Not zeroed unless the pool was asked to: it holds the last tenant's picture. It
   * starts on a page of memory and is an ordinary typed array, with an ArrayBuffer of its own.
   *
   * After `release()` a view kept from here has length 0.
   *
   * @throws {PoolError} `ERR_BUFFER_RELEASED`; `ERR_BUFFER_ESCAPED` when its ArrayBuffer was
   * transferred away
   */
  get data(): PixelArray<D> {
    const data = this.#data
    if (data === null) throw released('data was read')
    if (data.length === 0) throw escaped()
    return data
  }

  /** Pixels a row. */
  get width(): number {
    return this.shape.width
  }

  /** Rows a page. */
  get height(): number {
    return this.shape.height
  }

  get channels(): Channels {
    return this.shape.channels
  }

  get depth(): D {
    return this.shape.depth
  }

  get pages(): number {
    return this.shape.pages
  }

  /** Bytes of the pixels; the slot may be larger. Stays what it was after `release()`. */
  get byteLength(): number {
    return this.shape.byteLength
  }

  get released(): boolean {
    return this.#handle === null
  }

  /** The options that sharp needs to read `data`. */
  get raw(): Raw {
    const { width, height, channels, pages } = this.shape
    return pages === 1
      ? { width, height, channels }
      : { width, height: height * pages, channels, pageHeight: height }
  }

  /**
   * Gives the memory back. Every view of it, subarrays and Node Buffers over it included, has
   * length 0 from now on. Native code that reads the memory at this moment (sharp, fs, a socket)
   * is not stopped: use `pin()` for that.
   *
   * Cost: with `acquire()` about 0.2 us, 0.7 us on Node 20 (bench acquire-release).
   *
   * @throws {PoolError} `ERR_BUFFER_RELEASED` the second time
   */
  release(): void {
    const handle = this.#handle
    if (handle === null) throw releasedTwice()
    this.#handle = null
    this.#data = null
    this.#slots.release(handle)
  }

  /** Releases, unless that was done already. */
  [Symbol.dispose](): void {
    if (this.#handle !== null) this.release()
  }

  /**
   * A second buffer on the same pixels: both see what either writes. It has views and a `release()`
   * of its own; the memory is free when the last of them is released.
   *
   * Cost: with its `release()` 1 to 2 us.
   *
   * @throws {PoolError} `ERR_BUFFER_RELEASED`, `ERR_BUFFER_ESCAPED`
   */
  retain(): PixelBuffer<D>
  retain(): PixelBuffer {
    const site = this.#slots.here()
    const handle = this.#slots.retain(this.#held('retain()'), site)
    return new PixelBuffer(this.#slots, handle, this.shape, handle.pixels(this.shape))
  }

  /** Whether the pixels are on a scratch disk. @throws {PoolError} `ERR_BUFFER_RELEASED` */
  get scratch(): boolean {
    return this.#slots.memory.isInScratch(this.#held('scratch').slot)
  }

  /**
   * @internal Ends this buffer and hands its slot, with the pixels, to one of another shape, which
   * is not larger. Only for a buffer whose data nobody has seen: its views are not emptied.
   *
   * @throws {PoolError} `ERR_SHAPE_TOO_LARGE`
   */
  reshape(shape: Shape): PixelBuffer {
    const handle = this.#held('reshape()')
    checkFits(shape, this.byteLength)
    this.#handle = null
    this.#data = null
    return new PixelBuffer(this.#slots, handle, shape, handle.pixels(shape))
  }

  /**
   * @internal The slot's memory for a native job, which holds the slot until it has settled,
   * whatever becomes of this buffer.
   */
  job(): NativeMemory {
    return this.#slots.job(this.#held('job()'))
  }

  /**
   * Hands the buffer over to whoever adopts the token first, by `pool.adopt(token)` in any thread
   * that has the pool. Here its views are empty from now on, as after `release()`. What is on its
   * way outlives this thread; it comes back to the pool when nobody has adopted it in time.
   *
   * @throws {PoolError} `ERR_BUFFER_HELD` when its memory has other buffers, pins or native jobs;
   * `ERR_POOL_CLOSED`, `ERR_BUFFER_RELEASED`, `ERR_BUFFER_ESCAPED`, `ERR_INVALID_ARGUMENT`. The
   * buffer then is as before.
   */
  move(options: MoveOptions = {}): BufferToken<D> {
    const expiresMs = toExpires(options)
    const handle = this.#held('move()')
    const key = newKey()
    const refusal = this.#slots.move(handle, key, expiresMs)
    if (refusal !== null) throw unmoved(refusal)
    this.#handle = null
    this.#data = null
    return { pixelpool: 'buffer', key, shape: this.shape }
  }

  /**
   * Keeps the memory from being leased to anybody else until what `use` returns has settled, so
   * that native code may read or write it meanwhile. `release()` may be called before that: it
   * takes the views at once, and the slot becomes free when the last pin has ended.
   *
   * @throws {PoolError} rejects with `ERR_BUFFER_RELEASED`, `ERR_BUFFER_ESCAPED`,
   * `ERR_INVALID_ARGUMENT`; and with whatever `use` throws
   */
  async pin<T>(use: (data: PixelArray<D>) => T): Promise<Awaited<T>> {
    if (typeof use !== 'function') throw argumentError('use', 'a function', use)
    const handle = this.#held('pin()')
    this.#slots.pin(handle)
    try {
      return await use(this.data)
    } finally {
      this.#slots.unpin(handle)
    }
  }

  #held(what: string): Handle {
    if (this.#handle === null) throw released(`${what} was called`)
    if (this.#handle.memory.byteLength === 0) throw escaped()
    return this.#handle
  }
}
