import { listen, ownBell } from './bell.js'
import { systemClock } from './clock.js'
import { PoolError, unsupported } from './errors.js'
import { type IdlePlan, trimWhenIdle } from './idle.js'
import { native } from './native.js'
import type { NativePool, NativePoolOptions } from './native-pool.js'
import { canTransfer } from './revoke.js'
import type { ScratchPlan } from './scratch.js'
import { Slots, type SlotsOptions } from './slots.js'
import type { ShareToken } from './tokens.js'

/** What released memory shows while leaks are traced. */
const releaseFill = 0xdb

/** What slots are to be, with nothing left to defaults. */
export interface SlotsPlan {
  /** Of each size, one after the other: bytes, how many slots, and 1 for huge pages, else 0. */
  readonly classes: readonly number[]
  /** Bytes that all slots together may hold; null for no limit but their size. */
  readonly budget: number | null
  readonly scratch: readonly ScratchPlan[]
  readonly idle: IdlePlan | null
  readonly clear: 'never' | 'acquire' | 'release'
  readonly revoke: boolean
  readonly leaks: 'count' | 'trace'
}

/** @throws {PoolError} `ERR_OUT_OF_MEMORY`, `ERR_UNSUPPORTED_RUNTIME` */
export function makeSlots({
  classes,
  budget,
  scratch,
  idle,
  clear,
  revoke,
  leaks,
}: SlotsPlan): Slots {
  const traces = leaks === 'trace'
  const pool = createPool({
    classes,
    budget,
    scratchDirectories: scratch.map(({ directory }) => directory),
    scratchLimits: scratch.map(({ limit }) => limit),
    idleAfterMs: idle === null ? null : Math.floor(idle.after),
    idleKeep: idle?.keep ?? 0,
    clear: clear !== 'never',
    clearOnRelease: clear === 'release',
    fillOnRelease: traces && clear !== 'release' ? releaseFill : null,
    revoke,
    coldestFirst: traces,
    keepsWraps: canTransfer || !revoke,
    logLeaks: traces,
    bell: ownBell(),
  })
  const slots = open(pool, { revokes: revoke, leaks, idleAfter: idle?.after ?? null })
  if (idle !== null) trimWhenIdle(slots.memory, idle)
  return slots
}

/**
 * The slots that another thread shares under a key, unless their sizes are refused.
 *
 * @throws {PoolError} `ERR_POOL_CLOSED`, `ERR_UNSUPPORTED_RUNTIME`; and what `check` throws
 */
export function attachSlots(
  { key, leaks, idleAfter }: ShareToken,
  check: (classes: readonly number[]) => void,
): Slots {
  checkRuntime()
  const pool = native.attach(key, canTransfer, ownBell())
  if (pool === 'closed') {
    throw new PoolError(
      'ERR_POOL_CLOSED',
      'no pool of this process is open under this token; attach before the last thread closes it',
    )
  }
  try {
    check(pool.classes)
  } catch (error) {
    pool.close() // else this membership would keep the pool open until it is collected
    throw error
  }
  const slots = open(pool, { revokes: true, leaks, idleAfter })
  if (idleAfter !== null) trimWhenIdle(slots.memory, { after: idleAfter, clock: systemClock })
  return slots
}

function open(pool: NativePool, options: SlotsOptions): Slots {
  const slots = new Slots(pool, options)
  listen(slots)
  return slots
}

function createPool(options: NativePoolOptions): NativePool {
  checkRuntime()
  const pool = native.createPool(options)
  if (pool !== 'out of memory') return pool
  const [slotBytes = 0, slots = 0] = options.classes
  const wanted =
    options.budget === null
      ? `${slots * slotBytes} bytes for ${slots} slots; make the pool smaller`
      : `addresses for a budget of ${options.budget} bytes; make it smaller`
  throw new PoolError('ERR_OUT_OF_MEMORY', `the system refuses ${wanted}`)
}

function checkRuntime(): void {
  if (!native.canWrap()) throw unsupported()
}
