import type { Clock } from '../src/index.js'

interface Timer {
  readonly ms: number
  readonly callback: () => void
  next: number
}

/**
 * Time that goes on when it is told to. It begins long after the system's, so that the timer of an
 * attached end, which has the system's, is always too early to count.
 */
export class FakeClock implements Clock {
  #now = 1e12
  #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  every(ms: number, callback: () => void): () => void {
    const timer = { ms, callback, next: this.#now + ms }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  /** How many still call back. */
  get timers(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.filter(({ next }) => next <= end)
      const first = due.sort((a, b) => a.next - b.next)[0]
      if (first === undefined) break
      this.#now = first.next
      first.next += first.ms
      first.callback()
    }
    this.#now = end
  }
}
