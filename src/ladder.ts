import { PoolError } from './errors.js'
import { byteLengthMax, describe, type Shape } from './shape.js'
import type { Demand } from './slots.js'

const pageBytes = 4096 // the smallest of all systems
const pageMaxBytes = 65_536 // the largest
const hugeBytes = 2 ** 21
/** What the smallest slot has. */
export const smallestBytes = 65_536
/** Whole huge pages may waste a sixth of a shape: 720p RGBA, of 3.7 MB, wastes 14 %. */
const wasteDivisor = 6
const smallPagesMax = hugeBytes * wasteDivisor // above, they never do
const slotsMax = 1024 // of one size
const steps = 2 // sizes an octave

export interface LadderOptions {
  /** Bytes in memory at once. */
  readonly budget: number
  /** Bytes on each scratch disk at once. */
  readonly scratch: readonly number[]
  readonly hugePages: boolean
}

/** One size: its bytes, and its place in the list of classes. */
interface Rung {
  readonly bytes: number
  readonly sizeClass: number
}

/**
 * The sizes of an arena's slots, from 64 KiB to the whole budget, each 1.4 times the one before: in
 * small pages, and from 2 MiB on in whole huge pages for shapes that waste little of them. They are
 * addresses only: what a slot holds is what its shape can touch.
 */
export class Ladder {
  /** Of each size bytes, how many slots, and 1 for huge pages, else 0. */
  readonly classes: readonly number[]
  readonly #small: Rung[] = []
  readonly #huge: Rung[] = []

  constructor(classes: readonly number[]) {
    this.classes = classes
    for (let i = 0; i + 2 < classes.length; i += 3) {
      const [bytes = 0, , isHuge] = classes.slice(i, i + 3)
      const rungs = isHuge === 1 ? this.#huge : this.#small
      rungs.push({ bytes, sizeClass: i / 3 })
    }
  }

  static upTo({ budget, scratch, hugePages }: LadderOptions): Ladder {
    const all = scratch.reduce((sum, limit) => sum + limit, budget)
    const largest = Math.min(Math.max(budget, ...scratch), byteLengthMax)
    const top = roundDown(largest, pageMaxBytes)
    const huge = hugePages ? sizes(hugeBytes, roundDown(largest, hugeBytes), hugeBytes) : []
    const small = sizes(smallestBytes, hugePages ? Math.min(smallPagesMax, top) : top, pageBytes)
    const below = Math.max(small.at(-1) ?? 0, huge.at(-1) ?? 0)
    const rest = below < top ? [top, atOnce(below, all), 0] : []
    return new Ladder([...toClasses(small, all, 0), ...rest, ...toClasses(huge, all, 1)])
  }

  /** The smallest budget whose ladder has a size for so many bytes. */
  static budgetFor(bytes: number): number {
    return roundUp(bytes, pageMaxBytes)
  }

  get largest(): number {
    return Math.max(this.#small.at(-1)?.bytes ?? 0, this.#huge.at(-1)?.bytes ?? 0)
  }

  /** What pixels need. @throws {PoolError} `ERR_SHAPE_TOO_LARGE` */
  demand(shape: Shape): Demand {
    const bytes = shape.byteLength
    const rung =
      (wastesLittle(bytes) ? rungFor(this.#huge, bytes) : null) ?? rungFor(this.#small, bytes)
    if (rung !== null) return { sizeClass: rung.sizeClass, bytes }
    throw new PoolError(
      'ERR_SHAPE_TOO_LARGE',
      `${describe(shape)} needs ${bytes} bytes, the largest slot of the arena has ` +
        `${this.largest}; make an arena with a larger budget`,
    )
  }
}

/** Whether whole huge pages are little more. */
function wastesLittle(bytes: number): boolean {
  return roundUp(bytes, hugeBytes) - bytes <= bytes / wasteDivisor
}

function rungFor(rungs: readonly Rung[], bytes: number): Rung | null {
  for (const rung of rungs) if (bytes <= rung.bytes) return rung
  return null
}

/** From the first to the last, in whole units. */
function sizes(first: number, last: number, unit: number): number[] {
  const all: number[] = []
  if (last < first) return all
  for (let i = 0; (all.at(-1) ?? 0) < last; i++) {
    const size = Math.min(roundUp(first * 2 ** (i / steps), unit), last)
    if (size !== all.at(-1)) all.push(size)
  }
  return all
}

/** Of each size bytes, how many slots, and what they are made of. */
function toClasses(sizes: readonly number[], bytes: number, isHuge: 0 | 1): number[] {
  return sizes.flatMap((size, i) => [size, atOnce(sizes[i - 1] ?? 0, bytes), isHuge])
}

/** How many slots so many bytes can pay that each have more than the size below. */
function atOnce(below: number, bytes: number): number {
  return Math.min(Math.max(Math.floor(bytes / (below + pageBytes)), 1), slotsMax)
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit
}

function roundDown(bytes: number, unit: number): number {
  return Math.floor(bytes / unit) * unit
}
