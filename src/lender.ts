import { PixelBuffer } from './buffer.js'
import { argumentError, outOfMemory, PoolError } from './errors.js'
import { checkWait, Line, type WaitOptions } from './line.js'
import type { NativeRefusal } from './native-pool.js'
import { full } from './scratch.js'
import { nudge } from './search.js'
import type { Depth, Shape, ShapeOptions } from './shape.js'
import type { Demand, Slots } from './slots.js'
import { type BufferToken, newKey, readBufferToken, type ShareToken } from './tokens.js'

/** A shape that was checked, and the slot that it needs. */
export interface Wish {
  readonly shape: Shape
  /** Undefined where all slots are alike. */
  readonly demand: Demand | undefined
}

/**
 * What leases slots as pixels: a PixelPool, or a PixelArena.
 *
 * State: open --close()--> closed. Buffers in hand stay valid until they are released; the memory
 * goes with the last of them.
 *
 * This object and its buffers belong to the thread that made them. Other threads attach to the same
 * slots by `share()`, and get buffers by `move()`.
 */
export abstract class Lender<D extends Depth = 'uchar'> implements Disposable {
  /** Whether `release()` empties all views. */
  readonly revoke: boolean
  /** @internal */
  protected readonly slots: Slots
  readonly #line: Line
  #key: string | null // since it was shared
  #closed = false

  /** @internal */
  constructor(slots: Slots, key: string | null) {
    this.slots = slots
    this.#key = key
    this.revoke = slots.revokes
    this.#line = new Line(slots)
  }

  /** @internal @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE` */
  protected abstract wish(shape: ShapeOptions | undefined): Wish

  /** @internal Why nothing could be leased. */
  protected abstract exhaustion(): string

  /**
   * @internal What `acquire()` would lease for these options.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`
   */
  shapeOf(options: ShapeOptions | undefined): Shape {
    return this.wish(options).shape
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Leases a slot now, as pixels of the pool's own shape or of any that fits a slot.
   *
   * Cost: with `release()` about 0.2 us, 0.7 us on Node 20 (bench acquire-release).
   *
   * @throws {PoolError} `ERR_POOL_EXHAUSTED` when none is free or others wait in line; also
   * `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`; of an arena `ERR_SCRATCH_FULL`
   * and `ERR_OUT_OF_MEMORY`
   */
  acquire(): PixelBuffer<D>
  acquire<E extends Depth = 'uchar'>(shape: ShapeOptions<E> | undefined): PixelBuffer<E>
  acquire(shape?: ShapeOptions): PixelBuffer {
    const buffer = this.#acquireNow('acquire()', shape)
    if (typeof buffer === 'string') throw this.#refusal(buffer)
    return buffer
  }

  /**
   * As `acquire()`, but null when no slot is free or others wait in line.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`; of an arena
   * `ERR_OUT_OF_MEMORY`
   */
  tryAcquire(): PixelBuffer<D> | null
  tryAcquire<E extends Depth = 'uchar'>(shape: ShapeOptions<E> | undefined): PixelBuffer<E> | null
  tryAcquire(shape?: ShapeOptions): PixelBuffer | null {
    const buffer = this.#acquireNow('tryAcquire()', shape)
    return typeof buffer === 'string' ? null : buffer
  }

  /**
   * Leases a slot as soon as one is free, first come first served among all threads. When a second
   * passes in which nobody was served, the engines of all threads are asked to look for forgotten
   * buffers. A wait keeps the process awake until its timeout, or for 3 s and as long as another
   * thread, a pin or native work holds a slot.
   *
   * @throws {PoolError} rejects with `ERR_ACQUIRE_TIMEOUT`, `ERR_POOL_CLOSED`,
   * `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`; of an arena with `ERR_OUT_OF_MEMORY`, and with
   * `ERR_SCRATCH_FULL` where nobody holds a slot that could come back; or with the reason of an
   * aborted signal
   */
  async acquireAsync(shape?: undefined, options?: WaitOptions): Promise<PixelBuffer<D>>
  async acquireAsync<E extends Depth = 'uchar'>(
    shape: ShapeOptions<E> | undefined,
    options?: WaitOptions,
  ): Promise<PixelBuffer<E>>
  async acquireAsync(shape?: ShapeOptions, options: WaitOptions = {}): Promise<PixelBuffer> {
    return this.#acquireLater('acquireAsync()', shape, options)
  }

  /**
   * Waits for a slot as `acquireAsync()` does, calls back with the buffer, waits for what that
   * returns, and releases the buffer whatever happens.
   *
   * @throws {PoolError} rejects as `acquireAsync()` does; and with whatever the callback throws
   */
  async use<T>(callback: (buffer: PixelBuffer<D>) => T): Promise<Awaited<T>>
  async use<T, E extends Depth = 'uchar'>(
    shape: ShapeOptions<E> | undefined,
    callback: (buffer: PixelBuffer<E>) => T,
  ): Promise<Awaited<T>>
  async use(
    shape: ShapeOptions | undefined | ((buffer: PixelBuffer<D>) => unknown),
    callback?: (buffer: PixelBuffer) => unknown,
  ): Promise<unknown> {
    if (typeof shape === 'function') {
      return useAndRelease(await this.#acquireLater('use()', undefined, {}), shape)
    }
    if (typeof callback !== 'function') throw argumentError('callback', 'a function', callback)
    return useAndRelease(await this.#acquireLater('use()', shape, {}), callback)
  }

  /**
   * Gives the memory of all free slots back to the system and keeps their addresses: the next
   * write of each costs page faults again (1080p: 0.4 ms with huge pages, 3 ms without). Answers
   * how many bytes were given back.
   */
  trim(): number {
    return this.slots.memory.trim()
  }

  /**
   * Takes no more acquires and sends away those who wait, in this thread. When all threads that
   * have the pool have closed it, free memory goes back to the system at once, and the rest as its
   * buffers are released. Closing twice is fine.
   */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.slots.close()
    this.#line.refuse(
      new PoolError('ERR_POOL_CLOSED', 'the pool was closed while a caller waited; make a new one'),
    )
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * Makes a buffer that was moved this thread's own: a PixelBuffer of its shape and pixels, to be
   * released as if it had been acquired here. Of all who try, the first one gets it.
   *
   * @throws {PoolError} `ERR_LEASE_EXPIRED` when it was adopted already, its time has run out, or
   * it is of another pool; `ERR_INVALID_ARGUMENT` when it is no such token; `ERR_POOL_CLOSED`
   */
  adopt<E extends Depth>(token: BufferToken<E>): PixelBuffer<E>
  adopt(token: BufferToken): PixelBuffer {
    const { key, shape } = readBufferToken(token)
    this.wish(shape)
    this.#checkOpen('adopt()')
    const handle = this.slots.adopt(key, shape.byteLength, this.slots.here())
    if (handle === 'smaller') throw argumentError('token', 'what move() gave', token)
    if (handle !== null) return new PixelBuffer(this.slots, handle, shape, handle.pixels(shape))
    throw new PoolError(
      'ERR_LEASE_EXPIRED',
      'the token was adopted already, ran out of time, or is of another pool; move() a buffer again',
    )
  }

  #acquireNow(method: string, shape: ShapeOptions | undefined): PixelBuffer | NativeRefusal {
    const wish = this.wish(shape)
    this.#checkOpen(method)
    const buffer = this.#lease(wish, this.slots.here())
    if (typeof buffer === 'string') nudge()
    return buffer
  }

  async #acquireLater(method: string, shape: undefined, wait: WaitOptions): Promise<PixelBuffer<D>>
  async #acquireLater(
    method: string,
    shape: ShapeOptions | undefined,
    wait: WaitOptions,
  ): Promise<PixelBuffer>
  async #acquireLater(
    method: string,
    shape: ShapeOptions | undefined,
    wait: WaitOptions,
  ): Promise<PixelBuffer> {
    const wish = this.wish(shape)
    checkWait(wait)
    this.#checkOpen(method)
    wait.signal?.throwIfAborted()
    const site = this.slots.here()
    const buffer = this.#lease(wish, site)
    if (typeof buffer !== 'string') return buffer
    if (buffer === 'scratch full' && this.#isUnused()) throw this.#refusal(buffer)
    const handle = await this.#line.join(wait, wish.demand)
    if (site !== undefined) this.slots.leaks?.begin(handle.wrap, site)
    return new PixelBuffer(this.slots, handle, wish.shape, handle.pixels(wish.shape))
  }

  /** @throws {PoolError} `ERR_OUT_OF_MEMORY`, `ERR_UNSUPPORTED_RUNTIME` */
  #lease({ shape, demand }: Wish, site: string | undefined): PixelBuffer | NativeRefusal {
    const handle = this.slots.acquire(site, demand)
    if (handle === 'out of memory') throw outOfMemory()
    if (typeof handle === 'string') return handle
    return new PixelBuffer(this.slots, handle, shape, handle.pixels(shape))
  }

  #checkOpen(method: string): void {
    if (!this.#closed) return
    throw new PoolError('ERR_POOL_CLOSED', `${method} was called on a closed pool; make a new one`)
  }

  /** Whether nobody could release anything. */
  #isUnused(): boolean {
    const { slots, free } = this.slots.memory.stats()
    return slots === free
  }

  #refusal(reason: NativeRefusal): PoolError {
    if (reason === 'scratch full') return full(this.slots.memory.fullScratch())
    const { waiting } = this.slots.memory.stats()
    const ahead = `${waiting} ${waiting === 1 ? 'caller waits' : 'callers wait'} in line`
    const text =
      waiting > 0
        ? `${ahead}; use acquireAsync() to join`
        : `${this.exhaustion()}; release one first (forgotten ones come back after the event loop ` +
          `turns)${this.slots.leaks?.holders() ?? ''}`
    return new PoolError('ERR_POOL_EXHAUSTED', text)
  }

  /** @internal What other threads may attach by. */
  protected shareToken(): ShareToken {
    this.#checkOpen('share()')
    if (!this.revoke) throw argumentError('revoke', 'true in a pool that is shared', false)
    if (this.#key === null) {
      this.#key = newKey()
      this.slots.share(this.#key)
    }
    const { leaks, idleAfter } = this.slots
    return { key: this.#key, leaks: leaks === null ? 'count' : 'trace', idleAfter }
  }
}

async function useAndRelease<D extends Depth>(
  buffer: PixelBuffer<D>,
  callback: (buffer: PixelBuffer<D>) => unknown,
): Promise<unknown> {
  try {
    return await callback(buffer)
  } finally {
    buffer[Symbol.dispose]()
  }
}
