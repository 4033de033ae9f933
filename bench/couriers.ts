import type { PoolToken } from '../src/index.js'
import type { Work } from './frame-work.js'

/** Ways for a frame to get from one thread to another. */
export const courierNames = [
  'structured clone',
  'transfer',
  'transfer and return',
  'SharedArrayBuffer ring',
  'pixelpool',
] as const

export type CourierName = (typeof courierNames)[number]

/** Frames that are written, on their way or read, at most: of every courier the same. */
export const inFlight = 4

/** What the producer needs to reach the consumer, beside the messages. */
export type Means =
  | { readonly courier: 'structured clone' | 'transfer' | 'transfer and return' }
  | { readonly courier: 'SharedArrayBuffer ring'; readonly memory: SharedArrayBuffer }
  | { readonly courier: 'pixelpool'; readonly token: PoolToken<'uchar'> }

/** What a producer is started with. */
export interface Order {
  readonly means: Means
  readonly work: Work
}

export function ringOf(memory: SharedArrayBuffer): Uint8ClampedArray[] {
  const bytes = memory.byteLength / inFlight
  return Array.from({ length: inFlight }, (_, slot) => {
    return new Uint8ClampedArray(memory, slot * bytes, bytes)
  })
}
