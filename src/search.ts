import { performance } from 'node:perf_hooks'
import { native } from './native.js'

const intervalMs = 1000
const spacingMs = 950 // a timer may come a little early
const stayingAwakeMax = 3 // intervals

let lastNudge = Number.NEGATIVE_INFINITY

/** What one who waits may hope for: others were served lately; a slot may yet come back; nothing. */
export type Hope = 'served' | 'held' | 'none'

/** Asks the engine to look for forgotten buffers, in the whole thread, at most once a second. */
export function nudge(): void {
  if (!isDue()) return
  lastNudge = performance.now()
  native.nudge()
}

function isDue(): boolean {
  return performance.now() - lastNudge >= spacingMs
}

/**
 * Nudges the engine each second while somebody waits and nobody is served, and looks whether there
 * is something now: who waits is held by this timer, and may be reachable in no other way. It keeps
 * the process awake for three seconds, by when what was forgotten has come back, and then for as
 * long as there is hope. There is none in the buffers of this thread: whoever holds one keeps the
 * process awake himself, or never will release it.
 */
export class Search {
  #timer: NodeJS.Timeout | null = null
  #intervals = 0
  readonly #look: () => Hope

  constructor(look: () => Hope) {
    this.#look = look
  }

  /** Somebody waits, the first one or one more. */
  start(): void {
    this.renew()
    if (this.#timer !== null) return
    this.#timer = setInterval(() => {
      const hope = this.#seek()
      this.#intervals++
      if (hope !== 'none' || this.#intervals < stayingAwakeMax) this.#timer?.ref()
      else this.#timer?.unref()
    }, intervalMs)
    if (isDue()) this.#seek() // last: who is served by that stops the search
  }

  /** This thread let go of a slot: whoever has it now may be another one, so there is hope. */
  renew(): void {
    this.#intervals = 0
    this.#timer?.ref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #seek(): Hope {
    const hope = this.#look()
    if (hope !== 'served') nudge()
    return hope
  }
}
