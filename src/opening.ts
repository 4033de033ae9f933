import { listen, ownBell } from './bell.js'
import { PoolError, unsupported } from './errors.js'
import { type NativePool, type NativePoolOptions, native } from './native.js'
import { type PoolOptions, toPlan } from './options.js'
import { canTransfer } from './revoke.js'
import { checkFits, type Depth, type Shape } from './shape.js'
import { Slots } from './slots.js'
import { type PoolToken, readPoolToken } from './tokens.js'

/** What released memory shows while leaks are traced. */
const releaseFill = 0xdb

/** A pool that was just opened in this thread: its slots, and the pixels that they are for. */
export class Opened<D extends Depth> {
  readonly slots: Slots
  readonly slotBytes: number
  readonly shape: Shape<D> | null
  readonly revoke: boolean
  readonly leaks: 'count' | 'trace'
  /** Under which other threads attach; null when it was not shared yet. */
  readonly key: string | null

  private constructor(
    pool: NativePool,
    { shape, revoke, leaks, key }: Pick<Opened<D>, 'shape' | 'revoke' | 'leaks' | 'key'>,
  ) {
    this.slots = new Slots(pool, { revokes: revoke, traces: leaks === 'trace' })
    this.slotBytes = pool.slotBytes
    this.shape = shape
    this.revoke = revoke
    this.leaks = leaks
    this.key = key
    listen(this.slots)
  }

  /** @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_OUT_OF_MEMORY`, `ERR_UNSUPPORTED_RUNTIME` */
  static anew<D extends Depth>(options: PoolOptions<D>): Opened<D> {
    const { slots, shape, slotBytes, clear, revoke, hugePages, leaks } = toPlan(options)
    const traces = leaks === 'trace'
    const pool = createPool({
      slots,
      slotBytes,
      hugePages,
      revoke,
      clearOnAcquire: clear === 'acquire',
      fillOnRelease: clear === 'release' ? 0 : traces ? releaseFill : null,
      coldestFirst: traces,
      keepsWraps: canTransfer || !revoke,
      logLeaks: traces,
      bell: ownBell(),
    })
    return new Opened(pool, { shape, revoke, leaks, key: null })
  }

  /** @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_POOL_CLOSED`, `ERR_UNSUPPORTED_RUNTIME` */
  static beside<D extends Depth>(token: PoolToken<D>): Opened<D> {
    const { key, shape, leaks } = readPoolToken(token)
    checkRuntime()
    const pool = native.attach(key, canTransfer, ownBell())
    if (pool === 'closed') {
      throw new PoolError(
        'ERR_POOL_CLOSED',
        'no pool of this process is open under this token; attach before the last thread closes it',
      )
    }
    try {
      if (shape !== null) checkFits(shape, pool.slotBytes)
    } catch (error) {
      pool.close() // else this membership would keep the pool open until it is collected
      throw error
    }
    return new Opened(pool, { shape, revoke: true, leaks, key })
  }
}

function createPool(options: NativePoolOptions): NativePool {
  checkRuntime()
  const pool = native.createPool(options)
  if (pool !== 'out of memory') return pool
  const { slots, slotBytes } = options
  throw new PoolError(
    'ERR_OUT_OF_MEMORY',
    `the system refuses ${slots * slotBytes} bytes for ${slots} slots; make the pool smaller`,
  )
}

function checkRuntime(): void {
  if (!native.canWrap()) throw unsupported()
}
