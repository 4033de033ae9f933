import { type Advice, toAdvice } from './advice.js'
import { toBudget } from './budget.js'
import type { ByteCount } from './bytes.js'
import { argumentError } from './errors.js'
import { type IdleOptions, toIdle } from './idle.js'
import { Ladder } from './ladder.js'
import { Lender, type Wish } from './lender.js'
import { attachSlots, makeSlots } from './opening.js'
import { flag, oneOf } from './options.js'
import { type ScratchOptions, toScratch } from './scratch.js'
import { type Depth, type ShapeOptions, toShape } from './shape.js'
import type { Slots } from './slots.js'
import { type ArenaStats, toArenaStats } from './stats.js'
import { type ArenaToken, readArenaToken } from './tokens.js'

export interface ArenaOptions {
  /**
   * What all buffers together, and the memory kept for the next ones, may hold: bytes, text such as
   * `'512MB'`, or a fraction (above 0, below 1) of what this process may use. Default 0.25.
   */
  readonly budget?: ByteCount | undefined
  /** Directories that take slots when the budget is spent, in this order. Default: none. Linux. */
  readonly scratch?: readonly ScratchOptions[] | undefined
  /** When idle memory goes back by itself. Default: after 5 s, all of it. */
  readonly idle?: IdleOptions | false | undefined
  /**
   * When a slot is filled with zeros. `'release'` does it on a thread of its own, soon after; a slot
   * that is acquired earlier is filled then. Default `'never'`.
   */
  readonly clear?: 'never' | 'acquire' | 'release' | undefined
  /** As of a pool. */
  readonly hugePages?: boolean | undefined
  /** As of a pool. */
  readonly leaks?: 'count' | 'trace' | undefined
}

/**
 * Slots of all sizes under one budget of memory. What a released buffer held is kept for the next
 * one; it goes back to the system when another size needs it, when nobody has needed it for a while,
 * and when memory is short. `ERR_POOL_EXHAUSTED` and waiting mean that buffers in hand, and what
 * they round up to whole pages, leave too little of the budget.
 *
 * A slot's `data.buffer` may be longer than its `data`: those bytes are nobody's, and may become
 * zeros at any time.
 */
export class PixelArena extends Lender<never> {
  /** Bytes. */
  readonly budget: number
  readonly #ladder: Ladder

  /**
   * Takes addresses only. See {@link ArenaOptions}.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_OUT_OF_MEMORY`, `ERR_UNSUPPORTED_RUNTIME`,
   * `ERR_SCRATCH_UNSUPPORTED`, `ERR_SCRATCH_FULL`
   */
  constructor(options?: ArenaOptions)
  /** @internal */
  constructor(options: ArenaOptions, attached: Attached)
  constructor(options: ArenaOptions = {}, attached?: Attached) {
    const { slots, key } = attached ?? { slots: create(options), key: null }
    super(slots, key)
    this.#ladder = new Ladder(slots.classes)
    this.budget = slots.memory.stats().budgetBytes
  }

  /**
   * Opens, in this thread, the arena that `share()` named in another one.
   *
   * @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_POOL_CLOSED`, `ERR_UNSUPPORTED_RUNTIME`
   */
  static attach(token: ArenaToken): PixelArena {
    const share = readArenaToken(token)
    return new PixelArena({}, { slots: attachSlots(share, () => {}), key: share.key })
  }

  /** How things stand. Cost: a system call a 16 MiB held, about 5 us each. */
  stats(): ArenaStats {
    return toArenaStats(this.slots.memory.stats())
  }

  /** What would have been enough for all that was asked of this arena, in all threads. */
  advise(): Advice {
    return toAdvice(this.slots.memory.demands(), this.budget)
  }

  /**
   * Names this arena for other threads, as a pool's `share()` does.
   *
   * @throws {PoolError} `ERR_POOL_CLOSED`
   */
  share(): ArenaToken {
    return { pixelpool: 'arena', ...this.shareToken() }
  }

  /** @internal */
  protected wish(options: ShapeOptions<Depth> | undefined): Wish {
    if (options === undefined) throw argumentError('shape', 'given to an arena', options)
    const shape = toShape(options)
    return { shape, demand: this.#ladder.demand(shape) }
  }

  /** @internal */
  protected exhaustion(): string {
    const { leased, pinned, quarantined, usedBytes, scratchBytes } = this.slots.memory.stats()
    const taken = `${leased} leased, ${pinned} pinned, ${quarantined} quarantined`
    const disk = scratchBytes === 0 ? '' : `, and ${scratchBytes} on disk`
    return `the budget of ${this.budget} bytes is spent: ${usedBytes} are in use${disk} (${taken})`
  }
}

interface Attached {
  readonly slots: Slots
  readonly key: string | null
}

function create(options: ArenaOptions): Slots {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object', options)
  }
  const budget = toBudget(options.budget)
  const scratch = toScratch(options.scratch)
  const idle = toIdle(options.idle, 0)
  const clear = oneOf('clear', options.clear, ['never', 'acquire', 'release'])
  const hugePages = flag('hugePages', options.hugePages)
  const leaks = oneOf('leaks', options.leaks, ['count', 'trace'])
  const limits = scratch.map(({ limit }) => limit)
  const { classes } = Ladder.upTo({ budget, scratch: limits, hugePages })
  return makeSlots({ classes, budget, scratch, idle, clear, revoke: true, leaks })
}
