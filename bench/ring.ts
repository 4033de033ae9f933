import type { Keeper } from './keeper.js'
import type { Pixels } from './rival.js'
import type { Step } from './steps.js'

/** The frames of a pipeline that are in flight. */
export class Ring<F> {
  /** How often a frame was given back before its time, since a budget was spent. */
  early = 0
  readonly #keeper: Keeper<F>
  readonly #frames = new Map<number, F>() // by position, the oldest first

  constructor(keeper: Keeper<F>) {
    this.#keeper = keeper
  }

  /** Releases what was in the step's place, and acquires what comes there. */
  next({ size, position }: Step): Pixels {
    this.#release(position)
    let frame = this.#keeper.tryAcquire(size)
    while (frame === null) {
      this.#releaseOldest()
      frame = this.#keeper.tryAcquire(size)
    }
    this.#frames.set(position, frame)
    return this.#keeper.pixels(frame)
  }

  drain(): void {
    for (const position of [...this.#frames.keys()]) this.#release(position)
  }

  /** A pipeline that has met its limit can do nothing but wait for the frame that is due next. */
  #releaseOldest(): void {
    const [oldest] = this.#frames.keys()
    if (oldest === undefined) throw new Error('a single frame is more than the budget')
    this.#release(oldest)
    this.early++
  }

  #release(position: number): void {
    const frame = this.#frames.get(position)
    if (frame === undefined) return
    this.#frames.delete(position)
    this.#keeper.release(frame)
  }
}
