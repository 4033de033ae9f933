/** Where time comes from. */
export interface Clock {
  /** Milliseconds since some moment, which is the same in all threads. It never goes back. */
  now(): number
  /** Calls back every so many milliseconds until what it answers is called. It keeps nothing awake. */
  every(ms: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Number(process.hrtime.bigint() / 1_000_000n),
  every(ms, callback) {
    const timer = setInterval(callback, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
