/** Printed with every result that depends on it. */
export const seed = 20_261_121

/** Numbers from 0 to 1, the same for the same seed. Source: mulberry32, Tommy Ettinger. */
export function makeRandom(from: number = seed): () => number {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
