import { type Clock, systemClock } from './clock.js'
import { argumentError } from './errors.js'
import type { Memory } from './memory.js'
import { isMemoryShort } from './pressure.js'

/** When the memory of free slots goes back to the system by itself. */
export interface IdleOptions {
  /** Milliseconds that a slot must not have been needed. Default 5000. */
  readonly after?: number | undefined
  /** Free slots of each size that stay warm. Default: 1 of a pool, 0 of an arena. */
  readonly keep?: number | undefined
  /** Where time comes from in this thread; others that attach have the system's. Default: that too. */
  readonly clock?: Clock | undefined
}

/** {@link IdleOptions} that were checked. */
export interface IdlePlan {
  readonly after: number
  readonly keep: number
  readonly clock: Clock
}

const afterDefault = 5000
const afterMax = 86_400_000 // ms, a day
const looks = 4 // in that time

/** Null for never. @throws {PoolError} `ERR_INVALID_ARGUMENT` */
export function toIdle(
  options: IdleOptions | false | undefined,
  keepDefault: number,
): IdlePlan | null {
  if (options === false) return null
  const { after = afterDefault, keep = keepDefault, clock = systemClock } = toObject(options)
  if (!(typeof after === 'number' && looks <= after && after <= afterMax)) {
    throw argumentError('idle.after', `a number of ms between ${looks} and ${afterMax}`, after)
  }
  if (!(Number.isInteger(keep) && 0 <= keep)) {
    throw argumentError('idle.keep', 'an integer >= 0', keep)
  }
  if (typeof clock?.now !== 'function' || typeof clock.every !== 'function') {
    throw argumentError('idle.clock', 'an object with now() and every()', clock)
  }
  return { after, keep, clock }
}

function toObject(options: IdleOptions = {}): IdleOptions {
  if (typeof options === 'object' && options !== null) return options
  throw argumentError('idle', 'false, or an object with after or keep', options)
}

/**
 * Looks after the free slots of a pool from time to time, until it is closed or nobody has it any
 * more: trims those that were not needed lately, and all of them while memory is short.
 */
export function trimWhenIdle(
  memory: Memory,
  { after, clock }: Pick<IdlePlan, 'after' | 'clock'>,
  isShort: () => boolean = isMemoryShort,
): void {
  const reference = new WeakRef(memory)
  const stop = clock.every(after / looks, () => {
    const there = reference.deref()
    if (there === undefined || there.closed) stop()
    else if (there.hasIdle() && isShort()) there.trim()
    else there.trimIdle(clock.now())
  })
}
