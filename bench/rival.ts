export type Pixels = Uint8ClampedArray | Uint8Array

/** One way to have memory for frames. `F` is what it hands out. */
export interface Rival<F> {
  /** A frame of the size at this index of the list that the rival was made with. */
  acquire(size: number): F
  pixels(frame: F): Pixels
  release(frame: F): void
}
