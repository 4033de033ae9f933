import { totalmem } from 'node:os'
import { checkFits, PixelBuffer } from './buffer.js'
import { argumentError, PoolError } from './errors.js'
import { Leaks } from './leaks.js'
import { Line, type WaitOptions } from './line.js'
import { nudge } from './search.js'
import {
  byteLengthMax,
  checkCount,
  type Depth,
  type Shape,
  type ShapeOptions,
  toShape,
} from './shape.js'
import { Slots } from './slots.js'

const slotsMax = 1_048_576
const timeoutMax = 2_147_483_647 // ms, the longest that a timer takes
const releaseFill = 0xdb

interface CommonOptions {
  /** How many buffers can be leased at once, from 1. The memory is never more than that. */
  readonly slots: number
  /** When a slot is filled with zeros. Default `'never'`: a buffer holds the last one's pixels. */
  readonly clear?: 'never' | 'acquire' | 'release'
  /**
   * Whether `release()` makes all views of a buffer empty. Default true. Without it a pair of
   * acquire and release is 0.1 us cheaper and V8 keeps a shortcut for hot pixel loops, but a view
   * kept from before sees and writes the next tenant's pixels, and a forgotten buffer comes back
   * only when no view of any tenancy of its slot is left.
   */
  readonly revoke?: boolean
  /** Whether slots of 1 MiB and more ask for huge pages, where the system has them. Default true. */
  readonly hugePages?: boolean
  /**
   * `'trace'` remembers where each buffer was acquired (about 10 us each): a leak is told by
   * `process.emitWarning`, once a call site, and an exhausted pool says who holds its buffers. It
   * also fills released memory with 0xDB and reuses it as late as it can, so that a missing
   * `await` shows. Default `'count'`.
   */
  readonly leaks?: 'count' | 'trace'
}

/** What a pool is made of. A slot's size is given as a shape or in bytes. */
export type PoolOptions<D extends Depth = 'uchar'> = CommonOptions &
  (
    | { readonly shape: ShapeOptions<D>; readonly slotBytes?: never }
    | { readonly slotBytes: number; readonly shape?: never }
  )

/** Plain numbers. At any instant `free + leased + pinned + quarantined === slots`. */
export interface PoolStats {
  slots: number
  free: number
  leased: number
  /** Released slots that a pin still holds. */
  pinned: number
  /** Released slots whose ArrayBuffer was transferred away and can still be reached. */
  quarantined: number
  /** Callers in `acquireAsync()` or `use()` that wait for a slot. */
  waiting: number
  /** What a buffer can hold. */
  slotBytes: number
  /** Address space taken. */
  reservedBytes: number
  /** Of that, what is in memory: an upper estimate (the kernel's shared zero page counts). */
  residentBytes: number
  /** Leased slots times slotBytes. */
  leasedBytes: number
  /** The most slots leased at once. */
  peakLeased: number
  /** Buffers handed out, by acquiring and by `retain()`. */
  acquires: number
  /** Buffers given back. acquires - releases - leaked is how many are in hand. */
  releases: number
  /** How often somebody asked and no slot was free for him. */
  exhausted: number
  /** Buffers collected without release. */
  leaked: number
  /** Bytes given back to the system by trimming, in all. */
  trimmedBytes: number
}

/**
 * A fixed number of equal slots of pixel memory, leased one at a time.
 *
 * State: open --close()--> closed. Buffers in hand stay valid until they are released; the memory
 * goes with the last of them.
 *
 * A pool and its buffers belong to the thread that made them.
 */
export class PixelPool<D extends Depth = 'uchar'> implements Disposable {
  /** The shape that `acquire()` gives unless asked for another; null when made with slotBytes. */
  readonly shape: Shape<D> | null
  readonly slotBytes: number
  /** Whether `release()` empties all views. */
  readonly revoke: boolean
  readonly #slots: Slots
  readonly #line: Line<PixelBuffer> = new Line()
  #exhausted = 0
  #closed = false

  /**
   * Takes address space for all slots at once; memory is used as pixels are written.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`; `ERR_OUT_OF_MEMORY` when the slots together are
   * more than this process may use or the system gives; `ERR_UNSUPPORTED_RUNTIME`
   */
  constructor(options: PoolOptions<D>) {
    if (typeof options !== 'object' || options === null) {
      throw argumentError('options', 'an object with slots and shape or slotBytes', options)
    }
    const { slots, shape, slotBytes } = options
    checkCount('slots', slots, slotsMax)
    if ((shape === undefined) === (slotBytes === undefined)) {
      const got = shape === undefined ? 'neither' : 'both'
      throw new PoolError(
        'ERR_INVALID_ARGUMENT',
        `options must have exactly one of shape and slotBytes, got ${got}`,
      )
    }
    if (slotBytes !== undefined) checkCount('slotBytes', slotBytes, byteLengthMax)
    this.shape = shape === undefined ? null : toShape(shape)
    this.slotBytes = this.shape?.byteLength ?? slotBytes ?? 0
    const clear = oneOf('clear', options.clear, ['never', 'acquire', 'release'])
    this.revoke = flag('revoke', options.revoke)
    const hugePages = flag('hugePages', options.hugePages)
    const trace = oneOf('leaks', options.leaks, ['count', 'trace']) === 'trace'
    checkMemory(slots, this.slotBytes)
    this.#slots = new Slots({
      slots,
      slotBytes: this.slotBytes,
      hugePages,
      revoke: this.revoke,
      trace,
      clearOnAcquire: clear === 'acquire',
      fillOnRelease: clear === 'release' ? 0 : trace ? releaseFill : null,
      coldestFirst: trace,
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Leases a slot now, as pixels of the pool's own shape or of any that fits a slot.
   *
   * Cost: about 0.1 us, 1 us on Node 20.
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
   * Leases a slot as soon as one is free, first come first served. While it waits, the engine is
   * asked each second to look for forgotten buffers; it keeps the process awake for 3 s at most.
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
   * write of each costs page faults again (1080p: 0.25 ms with huge pages, 4 ms without). Answers
   * how many bytes were given back.
   */
  trim(): number {
    return this.#slots.trim()
  }

  /**
   * Takes no more acquires and sends away those who wait. Free memory goes back to the system at
   * once, and the rest as its buffers are released. Closing twice is fine.
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

  /** How things stand. Cost: a system call a 16 MiB of the slab, about 2 us and more. */
  stats(): PoolStats {
    const { trimmedBytes, leaked, peakLeased, acquires, releases, ...now } = this.#slots.stats()
    return {
      ...now,
      waiting: this.#line.length,
      leasedBytes: now.leased * now.slotBytes,
      peakLeased,
      acquires,
      releases,
      exhausted: this.#exhausted,
      leaked,
      trimmedBytes,
    }
  }

  #acquireNow(method: string, shape: ShapeOptions | undefined): PixelBuffer | null {
    const wanted = this.#wanted(shape)
    this.#checkOpen(method)
    const site = this.#slots.leaks === null ? undefined : Leaks.here()
    const buffer = this.#line.length === 0 ? this.#lease(wanted, site) : null
    if (buffer === null) {
      this.#exhausted++
      nudge()
    }
    return buffer
  }

  async #acquireLater(m: string, shape: undefined, wait: WaitOptions): Promise<PixelBuffer<D>>
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
    const site = this.#slots.leaks === null ? undefined : Leaks.here()
    const lease = (): PixelBuffer | null => this.#lease(wanted, site)
    const buffer = this.#line.length === 0 ? lease() : null
    if (buffer !== null) return buffer
    this.#exhausted++
    this.#slots.freed = () => this.#line.serve()
    return this.#line.join(lease, wait)
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
    const waiting = this.#line.length
    if (waiting > 0) {
      return new PoolError(
        'ERR_POOL_EXHAUSTED',
        `${waiting} callers wait in line before this one; use acquireAsync() to join them`,
      )
    }
    const { slots, leased, pinned, quarantined } = this.#slots.stats()
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

/** @throws {PoolError} `ERR_OUT_OF_MEMORY` when the slots are more than this process may use */
function checkMemory(slots: number, slotBytes: number): void {
  const constrained = process.constrainedMemory?.() ?? 0
  const total = totalmem()
  const available = 0 < constrained && constrained < total ? constrained : total
  const bytes = slots * slotBytes
  if (bytes <= available) return
  throw new PoolError(
    'ERR_OUT_OF_MEMORY',
    `${slots} slots of ${slotBytes} bytes are ${bytes} bytes, this process may use ${available}; ` +
      'make the pool smaller',
  )
}

function checkWait(options: WaitOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with signal or timeout', options)
  }
  const { signal, timeout } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw argumentError('signal', 'an AbortSignal', signal)
  }
  if (timeout === undefined) return
  if (typeof timeout === 'number' && 0 <= timeout && timeout <= timeoutMax) return
  throw argumentError('timeout', `a number of ms between 0 and ${timeoutMax}`, timeout)
}

function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  known: readonly [T, ...T[]],
): T {
  if (value === undefined) return known[0]
  if (known.includes(value)) return value
  throw argumentError(name, `one of ${known.map((each) => `'${each}'`).join(', ')}`, value)
}

function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined) return true
  if (typeof value === 'boolean') return value
  throw argumentError(name, 'true or false', value)
}
