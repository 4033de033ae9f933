import { argumentError } from './errors.js'
import { Lender, type Wish } from './lender.js'
import { attachSlots, makeSlots } from './opening.js'
import { type PoolOptions, toPlan } from './options.js'
import { checkFits, type Depth, type Shape, type ShapeOptions, toShape } from './shape.js'
import type { Slots } from './slots.js'
import { type PoolStats, toPoolStats } from './stats.js'
import { type PoolToken, readPoolToken } from './tokens.js'

/**
 * A fixed number of equal slots of pixel memory, leased one at a time. See {@link Lender} for what
 * it shares with an arena.
 */
export class PixelPool<D extends Depth = 'uchar'> extends Lender<D> {
  /** The shape that `acquire()` gives unless asked for another; null when made with slotBytes. */
  readonly shape: Shape<D> | null
  readonly slotBytes: number
  readonly #own: Wish | null

  /**
   * Takes address space for all slots at once; memory is used as pixels are written.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`; `ERR_OUT_OF_MEMORY` when the slots together are
   * more than this process may use or the system gives; `ERR_UNSUPPORTED_RUNTIME`
   */
  constructor(options: PoolOptions<D>)
  /** @internal */
  constructor(options: PoolOptions<D>, attached: Attached<D>)
  constructor(options: PoolOptions<D>, attached?: Attached<D>) {
    const { shape, slots, key } = attached ?? create(options)
    super(slots, key)
    this.shape = shape
    this.slotBytes = slots.classes[0] ?? 0
    this.#own = shape === null ? null : { shape, demand: undefined }
  }

  /**
   * Opens, in this thread, the pool that `share()` named in another one: the same slots and the
   * same memory, seen through ordinary ArrayBuffers of this thread's own.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT` when it is no such token; `ERR_POOL_CLOSED` when no
   * thread of this process has that pool open; `ERR_SHAPE_TOO_LARGE`, `ERR_UNSUPPORTED_RUNTIME`
   */
  static attach<D extends Depth>(token: PoolToken<D>): PixelPool<D> {
    const { shape, ...share } = readPoolToken(token)
    const slots = attachSlots(share, ([slotBytes = 0]) => {
      if (shape !== null) checkFits(shape, slotBytes)
    })
    return new PixelPool<D>({ slots: 1, slotBytes: 1 }, { slots, shape, key: share.key })
  }

  /** How things stand. Cost: a system call a 16 MiB of the slab, about 5 us each. */
  stats(): PoolStats {
    return toPoolStats(this.slots.memory.stats(), this.slotBytes)
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
    return { pixelpool: 'pool', shape: this.shape, ...this.shareToken() }
  }

  /** @internal */
  protected wish(shape: ShapeOptions | undefined): Wish {
    if (shape === undefined) {
      if (this.#own !== null) return this.#own
      throw argumentError('shape', 'given, since this pool was made with slotBytes', shape)
    }
    const wanted = toShape(shape)
    checkFits(wanted, this.slotBytes)
    return { shape: wanted, demand: undefined }
  }

  /** @internal */
  protected exhaustion(): string {
    const { slots, leased, pinned, quarantined } = this.slots.memory.stats()
    if (leased === slots) return `all ${slots} buffers are leased`
    return `all ${slots} buffers are taken (${leased} leased, ${pinned} pinned, ${quarantined} quarantined)`
  }
}

interface Attached<D extends Depth> {
  readonly slots: Slots
  readonly shape: Shape<D> | null
  readonly key: string | null
}

function create<D extends Depth>(options: PoolOptions<D>): Attached<D> {
  const { shape, slots, slotBytes, hugePages, ...plan } = toPlan(options)
  const classes = [slotBytes, slots, Number(hugePages)]
  return { slots: makeSlots({ ...plan, classes, budget: null, scratch: [] }), shape, key: null }
}
