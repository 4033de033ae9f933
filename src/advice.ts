import { Ladder } from './ladder.js'
import type { NativeDemands } from './native-pool.js'

/** What an arena has been asked for so far, and what would have been enough. */
export interface Advice {
  /** Bytes: the smallest budget that would have served everybody at once, on no scratch disk. */
  readonly budget: number
  /** Bytes that the present budget has more; below 0 it has less. */
  readonly savedBytes: number
  /** The sizes that were asked for, as pools of their own would have them. */
  readonly classes: readonly ClassAdvice[]
}

export interface ClassAdvice {
  /** Of the largest buffer. */
  readonly slotBytes: number
  /** The most that were wanted at once, those who waited or were refused included. */
  readonly slots: number
  readonly acquires: number
}

export function toAdvice({ peakBytes, sizes }: NativeDemands, budget: number): Advice {
  const classes: ClassAdvice[] = []
  for (let i = 0; i + 2 < sizes.length; i += 3) {
    const [acquires = 0, slotBytes = 0, slots = 0] = sizes.slice(i, i + 3)
    if (slots > 0) classes.push({ slotBytes, slots, acquires })
  }
  classes.sort((a, b) => a.slotBytes - b.slotBytes)
  const largest = classes.at(-1)?.slotBytes ?? 0
  const enough = Math.max(peakBytes, Ladder.budgetFor(largest))
  return { budget: enough, savedBytes: budget - enough, classes }
}
