import type { PoolToken } from '../src/index.js'

/** How one thread lets another go on. */
export const signals = ['pixelpool', 'postMessage'] as const

export type Signal = (typeof signals)[number]

/** What a waiter is started with. */
export interface WaiterOrder {
  readonly signal: Signal
  readonly token: PoolToken<'uchar'>
  /** Where the other thread writes when it gave the signal, as {@link nowUs} tells. */
  readonly given: SharedArrayBuffer
}

/** us by the one clock of all threads. */
export function nowUs(): number {
  return Number(process.hrtime.bigint()) / 1e3
}
