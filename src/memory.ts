import type { NativeDemands, NativePool, NativeStats } from './native-pool.js'

/** What the slots of a pool hold, in all threads, and how that goes back to the system. */
export class Memory {
  closed = false
  readonly #native: NativePool

  constructor(native: NativePool) {
    this.#native = native
  }

  /** Of all free slots; answers bytes. */
  trim(): number {
    return this.#native.trim()
  }

  /** Of those that were not needed lately. Milliseconds of a clock that all threads share. */
  trimIdle(nowMs: number): number {
    return this.#native.trimIdle(Math.floor(nowMs))
  }

  /** Whether free slots have any. */
  hasIdle(): boolean {
    const { heldBytes, usedBytes } = this.#native.stats()
    return heldBytes > usedBytes
  }

  /** Whether a slot that is leased here is on a disk. */
  isInScratch(slot: number): boolean {
    return this.#native.isInScratch(slot)
  }

  /** The scratch directory that was found full last. */
  fullScratch(): string {
    return this.#native.fullScratch()
  }

  stats(): NativeStats {
    this.#native.expire()
    return this.#native.stats()
  }

  demands(): NativeDemands {
    return this.#native.demands()
  }
}
