import { performance } from 'node:perf_hooks'
import { native } from './native.js'

const intervalMs = 1000
const spacingMs = 950 // a timer may come a little early
const stayingAwakeMax = 3 // intervals

let lastNudge = Number.NEGATIVE_INFINITY

/** Asks the engine to look for forgotten buffers, in the whole thread, at most once a second. */
export function nudge(): void {
  const now = performance.now()
  if (now - lastNudge < spacingMs) return
  lastNudge = now
  native.nudge()
}

/**
 * Nudges the engine each second while somebody waits, and looks whether there is something now: who
 * waits is held by this timer, and may be reachable in no other way. It keeps the process awake for
 * three seconds, by when what was forgotten has come back, and then for as long as there is hope.
 * There is none in the buffers of this thread: whoever holds one keeps the process awake himself,
 * or never will release it.
 */
export class Search {
  #timer: NodeJS.Timeout | null = null
  #intervals = 0
  readonly #look: () => boolean

  /** What is called each second answers whether there is hope. */
  constructor(look: () => boolean) {
    this.#look = look
  }

  start(): void {
    if (this.#timer !== null) return
    nudge()
    this.#intervals = 0
    this.#timer = setInterval(() => {
      nudge()
      const hope = this.#look()
      this.#intervals++
      if (hope || this.#intervals < stayingAwakeMax) this.#timer?.ref()
      else this.#timer?.unref()
    }, intervalMs)
  }

  /** This thread let go of a slot: whoever has it now may be another one, so there is hope. */
  renew(): void {
    if (this.#timer === null) return
    this.#intervals = 0
    this.#timer.ref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
