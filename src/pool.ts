import { PixelBuffer } from './buffer.js'
import { argumentError, PoolError } from './errors.js'
import { checkWait, Line, type WaitOptions } from './line.js'
import { Opened } from './opening.js'
import type { PoolOptions } from './options.js'
import { nudge } from './search.js'
import { checkFits, type Depth, type Shape, type ShapeOptions, toShape } from './shape.js'
import type { Slots } from './slots.js'
import type { PoolStats } from './stats.js'
import { type BufferToken, newKey, type PoolToken, readBufferToken } from './tokens.js'

/**
 * A fixed number of equal slots of pixel memory, leased one at a time.
 *
 * State: open --close()--> closed. Buffers in hand stay valid until they are released; the memory
 * goes with the last of them.
 *
 * This object and its buffers belong to the thread that made them. Other threads attach to the same
 * slots by `share()`, and get buffers by `move()`.
 */
export class PixelPool<D extends Depth = 'uchar'> implements Disposable {
  /** The shape that `acquire()` gives unless asked for another; null when made with slotBytes. */
  readonly shape: Shape<D> | null
  readonly slotBytes: number
  /** Whether `release()` empties all views. */
  readonly revoke: boolean
  readonly #slots: Slots
  readonly #leaks: 'count' | 'trace'
  readonly #line: Line
  #key: string | null // since it was shared
  #closed = false

  /**
   * Takes address space for all slots at once; memory is used as pixels are written.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`; `ERR_OUT_OF_MEMORY` when the slots together are
   * more than this process may use or the system gives; `ERR_UNSUPPORTED_RUNTIME`
   */
  constructor(options: PoolOptions<D>)
  /** @internal */
  constructor(opened: Opened<D>)
  constructor(options: PoolOptions<D> | Opened<D>) {
    const opened = options instanceof Opened ? options : Opened.anew(options)
    this.shape = opened.shape
    this.slotBytes = opened.slotBytes
    this.revoke = opened.revoke
    this.#leaks = opened.leaks
    this.#key = opened.key
    this.#slots = opened.slots
    this.#line = new Line(opened.slots)
  }

  /**
   * Opens, in this thread, the pool that `share()` named in another one: the same slots and the
   * same memory, seen through ordinary ArrayBuffers of this thread's own.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT` when it is no such token; `ERR_POOL_CLOSED` when no
   * thread of this process has that pool open; `ERR_SHAPE_TOO_LARGE`, `ERR_UNSUPPORTED_RUNTIME`
   */
  static attach<D extends Depth>(token: PoolToken<D>): PixelPool<D> {
    return new PixelPool<D>(Opened.beside(token))
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
   * `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`
   */
  acquire(): PixelBuffer<D>
  acquire<E extends Depth = 'uchar'>(shape: ShapeOptions<E> | undefined): PixelBuffer<E>
  acquire(shape?: ShapeOptions): PixelBuffer {
    const buffer = this.#acquireNow('acquire()', shape)
    if (buffer === null) throw this.#exhaustion()
    return buffer
  }

  /**
   * As `acquire()`, but null when no slot is free or others wait in line.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`
   */
  tryAcquire(): PixelBuffer<D> | null
  tryAcquire<E extends Depth = 'uchar'>(shape: ShapeOptions<E> | undefined): PixelBuffer<E> | null
  tryAcquire(shape?: ShapeOptions): PixelBuffer | null {
    return this.#acquireNow('tryAcquire()', shape)
  }

  /**
   * Leases a slot as soon as one is free, first come first served among all threads. When a second
   * passes in which nobody was served, the engines of all threads are asked to look for forgotten
   * buffers. A wait keeps the process awake until its timeout, or for 3 s and as long as another
   * thread, a pin or native work holds a slot.
   *
   * @throws {PoolError} rejects with `ERR_ACQUIRE_TIMEOUT`, `ERR_POOL_CLOSED`,
   * `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`; or with the reason of an aborted signal
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
    return this.#slots.trim()
  }

  /**
   * Takes no more acquires and sends away those who wait, in this thread. When all threads that
   * have the pool have closed it, free memory goes back to the system at once, and the rest as its
   * buffers are released. Closing twice is fine.
   */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#slots.close()
    this.#line.refuse(
      new PoolError('ERR_POOL_CLOSED', 'the pool was closed while a caller waited; make a new one'),
    )
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** How things stand. Cost: a system call a 16 MiB of the slab, about 5 us each. */
  stats(): PoolStats {
    const { peakLeased, acquires, releases, exhausted, leaked, trimmedBytes, ...now } =
      this.#slots.stats()
    const leasedBytes = now.leased * now.slotBytes
    return { ...now, leasedBytes, peakLeased, acquires, releases, exhausted, leaked, trimmedBytes }
  }

  /**
   * Names this pool for other threads of this process: send the token as `workerData` or by
   * `postMessage()`, and `PixelPool.attach()` it there. The memory lives until the last of the
   * threads has closed the pool and the last buffer is gone. A token holds nothing: a pool object
   * that is forgotten counts as closed.
   *
   * @throws {PoolError} `ERR_POOL_CLOSED`; `ERR_INVALID_ARGUMENT` when made with `revoke: false`
   */
  share(): PoolToken<D> {
    this.#checkOpen('share()')
    if (!this.revoke) throw argumentError('revoke', 'true in a pool that is shared', false)
    if (this.#key === null) {
      this.#key = newKey()
      this.#slots.share(this.#key)
    }
    return { pixelpool: 'pool', key: this.#key, shape: this.shape, leaks: this.#leaks }
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
    checkFits(shape, this.slotBytes)
    this.#checkOpen('adopt()')
    const handle = this.#slots.adopt(key, this.#slots.here())
    if (handle !== null) return new PixelBuffer(this.#slots, handle, shape, handle.pixels(shape))
    throw new PoolError(
      'ERR_LEASE_EXPIRED',
      'the token was adopted already, ran out of time, or is of another pool; move() a buffer again',
    )
  }

  #acquireNow(method: string, shape: ShapeOptions | undefined): PixelBuffer | null {
    const wanted = this.#wanted(shape)
    this.#checkOpen(method)
    const buffer = this.#lease(wanted, this.#slots.here())
    if (buffer === null) nudge()
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
    const wanted = this.#wanted(shape)
    checkWait(wait)
    this.#checkOpen(method)
    wait.signal?.throwIfAborted()
    const site = this.#slots.here()
    const buffer = this.#lease(wanted, site)
    if (buffer !== null) return buffer
    const handle = await this.#line.join(wait)
    if (site !== undefined) this.#slots.leaks?.begin(handle.wrap, site)
    return new PixelBuffer(this.#slots, handle, wanted, handle.pixels(wanted))
  }

  /** Null when no slot is free. */
  #lease(shape: Shape, site: string | undefined): PixelBuffer | null {
    const handle = this.#slots.acquire(site)
    if (typeof handle === 'string') return null
    return new PixelBuffer(this.#slots, handle, shape, handle.pixels(shape))
  }

  #wanted(shape: ShapeOptions | undefined): Shape {
    if (shape === undefined) {
      if (this.shape !== null) return this.shape
      throw argumentError('shape', 'given, since this pool was made with slotBytes', shape)
    }
    const wanted = toShape(shape)
    checkFits(wanted, this.slotBytes)
    return wanted
  }

  #checkOpen(method: string): void {
    if (!this.#closed) return
    throw new PoolError('ERR_POOL_CLOSED', `${method} was called on a closed pool; make a new one`)
  }

  #exhaustion(): PoolError {
    const { slots, leased, pinned, quarantined, waiting } = this.#slots.stats()
    if (waiting > 0) {
      return new PoolError(
        'ERR_POOL_EXHAUSTED',
        `${waiting} ${waiting === 1 ? 'caller waits' : 'callers wait'} in line; use acquireAsync() to join`,
      )
    }
    const taken =
      leased === slots
        ? 'leased'
        : `taken (${leased} leased, ${pinned} pinned, ${quarantined} quarantined)`
    return new PoolError(
      'ERR_POOL_EXHAUSTED',
      `all ${slots} buffers are ${taken}; release one first (forgotten ones come back after the ` +
        `event loop turns)${this.#slots.leaks?.holders() ?? ''}`,
    )
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
