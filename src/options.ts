import { argumentError, PoolError } from './errors.js'
import { type IdleOptions, type IdlePlan, toIdle } from './idle.js'
import { memoryLimit } from './memory-limit.js'
import {
  byteLengthMax,
  checkCount,
  type Depth,
  type Shape,
  type ShapeOptions,
  toShape,
} from './shape.js'

const slotsMax = 65_536
const pageBytes = 4096 // the least that a slot takes

interface CommonOptions {
  /** How many buffers can be leased at once, from 1. The memory is never more than that. */
  readonly slots: number
  /**
   * When a slot is filled with zeros. `'release'` does it on a thread of its own, soon after; a slot
   * that is acquired earlier is filled then. Default `'never'`: a buffer holds the last one's pixels.
   */
  readonly clear?: undefined | 'never' | 'acquire' | 'release'
  /**
   * Whether `release()` makes all views of a buffer empty. Default true. Without it a pair of
   * acquire and release is 0.1 us cheaper and V8 keeps a shortcut for hot pixel loops, but a view
   * kept from before sees and writes the next tenant's pixels, and a forgotten buffer comes back
   * only when no view of any tenancy of its slot is left.
   */
  readonly revoke?: boolean | undefined
  /** Whether slots of 1 MiB and more ask for huge pages, where the system has them. Default true. */
  readonly hugePages?: boolean | undefined
  /**
   * `'trace'` remembers where each buffer was acquired (about 8 us each): a leak is told by
   * `process.emitWarning`, once a call site, and an exhausted pool says who holds its buffers. It
   * also fills released memory with 0xDB and reuses it as late as it can, so that a missing
   * `await` shows. Default `'count'`.
   */
  readonly leaks?: undefined | 'count' | 'trace'
  /** When the memory of free slots goes back by itself. Default false: at `trim()` and `close()`. */
  readonly idle?: IdleOptions | false | undefined
}

/** What a pool is made of. A slot's size is given as a shape or in bytes. */
export type PoolOptions<D extends Depth = 'uchar'> = CommonOptions &
  (
    | { readonly shape: ShapeOptions<D>; readonly slotBytes?: never }
    | { readonly slotBytes: number; readonly shape?: never }
  )

/** Options that were checked, with nothing left to defaults. */
export interface PoolPlan<D extends Depth> {
  readonly slots: number
  readonly shape: Shape<D> | null
  readonly slotBytes: number
  readonly clear: 'never' | 'acquire' | 'release'
  readonly revoke: boolean
  readonly hugePages: boolean
  readonly leaks: 'count' | 'trace'
  readonly idle: IdlePlan | null
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_OUT_OF_MEMORY` */
export function toPlan<D extends Depth>(options: PoolOptions<D>): PoolPlan<D> {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with slots and shape or slotBytes', options)
  }
  const { slots } = options
  checkCount('slots', slots, slotsMax)
  const { shape, slotBytes } = toSize(options)
  const clear = oneOf('clear', options.clear, ['never', 'acquire', 'release'])
  const revoke = flag('revoke', options.revoke)
  const hugePages = flag('hugePages', options.hugePages)
  const leaks = oneOf('leaks', options.leaks, ['count', 'trace'])
  const idle = toIdle(options.idle === undefined ? false : options.idle, 1)
  checkMemory(slots, slotBytes)
  return { slots, shape, slotBytes, clear, revoke, hugePages, leaks, idle }
}

function toSize<D extends Depth>({
  shape,
  slotBytes,
}: PoolOptions<D>): Pick<PoolPlan<D>, 'shape' | 'slotBytes'> {
  if (shape !== undefined && slotBytes === undefined) {
    const own = toShape(shape)
    checkCount('shape bytes', own.byteLength, byteLengthMax)
    return { shape: own, slotBytes: own.byteLength }
  }
  if (shape === undefined && slotBytes !== undefined) {
    checkCount('slotBytes', slotBytes, byteLengthMax)
    return { shape: null, slotBytes }
  }
  const got = shape === undefined ? 'neither' : 'both'
  throw new PoolError(
    'ERR_INVALID_ARGUMENT',
    `options must have exactly one of shape and slotBytes, got ${got}`,
  )
}

/** @throws {PoolError} `ERR_OUT_OF_MEMORY` when the slots are more than this process may use */
function checkMemory(slots: number, slotBytes: number): void {
  const available = memoryLimit()
  const bytes = slots * Math.ceil(slotBytes / pageBytes) * pageBytes
  if (bytes <= available) return
  throw new PoolError(
    'ERR_OUT_OF_MEMORY',
    `${slots} slots of ${slotBytes} bytes are ${bytes} bytes, this process may use ${available}; ` +
      'make the pool smaller',
  )
}

export function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  known: readonly [T, ...T[]],
): T {
  if (value === undefined) return known[0]
  if (known.includes(value)) return value
  throw argumentError(name, `one of ${known.map((each) => `'${each}'`).join(', ')}`, value)
}

export function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined) return true
  if (typeof value === 'boolean') return value
  throw argumentError(name, 'true or false', value)
}
