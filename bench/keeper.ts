import type { Pixels } from './rival.js'

/** Bytes of frames in hand and of what is kept for the next ones. */
export interface Held {
  readonly bytes: number
  readonly peakBytes: number
}

/** One way to have memory for frames of several sizes, that tells what it takes from others. */
export interface Keeper<F> {
  /** A frame of the size at this index; null when a budget forbids it now. */
  tryAcquire(size: number): F | null
  pixels(frame: F): Pixels
  release(frame: F): void
  /** By its own books: what the system says is another matter. */
  held(): Held
}
