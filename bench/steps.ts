import { makeRandom } from './random.js'
import type { Size } from './sizes.js'

export const inFlight = 8
/** How often a frame is held for another lap of the ring. */
const holdProbability = 0.25

/** A frame of a pipeline: the index of its size, and its place in a ring of so many in flight. */
export interface Step {
  readonly size: number
  readonly position: number
}

/** Every rival gets the same frames in the same places. */
export function makeSteps(frames: number, sizes: readonly Size[]): Step[] {
  const random = makeRandom()
  const steps: Step[] = []
  let position = 0
  for (let i = 0; i < frames; i++) {
    while (random() < holdProbability) position++
    steps.push({ size: Math.floor(random() * sizes.length), position: position % inFlight })
    position++
  }
  return steps
}

/** The most bytes of pixels that are in flight at once: what nobody can do without. */
export function livePeak(steps: readonly Step[], sizes: readonly Size[]): number {
  const ring = new Array<number>(inFlight).fill(0)
  let live = 0
  let peak = 0
  for (const { size, position } of steps) {
    const bytes = sizes[size]?.bytes ?? 0
    live += bytes - (ring[position] ?? 0)
    ring[position] = bytes
    peak = Math.max(peak, live)
  }
  return peak
}

/** What an arena gets for it, bytes: a tenth above the live peak, and not a MB more. */
export function budgetOf(peak: number): number {
  return Math.floor((peak * 1.1) / 1e6) * 1e6
}
