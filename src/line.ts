import { setMaxListeners } from 'node:events'
import { argumentError, outOfMemory, PoolError, unsupported } from './errors.js'
import type { Handle } from './handle.js'
import { Search } from './search.js'
import type { Demand, Slots } from './slots.js'

const timeoutMax = 2_147_483_647 // ms, the longest that a timer takes

export interface WaitOptions {
  /** Gives up the place in the line; the wait rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds, from 0; the wait rejects with `ERR_ACQUIRE_TIMEOUT`. Default: none. */
  readonly timeout?: number | undefined
}

interface Waiter {
  readonly resolve: (handle: Handle) => void
  readonly reject: (reason: unknown) => void
  /** A slot came whose memory is gone: waits on, at the end of the line. */
  readonly rejoin: () => void
}

/**
 * Those of this thread who wait for a slot. The line itself is the pool's, one for all threads,
 * first come first served; a slot that came to somebody here is his before he knows.
 *
 * waiting --served | aborted | timed out | refused--> gone. There is one gate, leave(): a waiter
 * that has left is never served, so that no slot is handed to nobody.
 */
export class Line {
  readonly #slots: Slots
  readonly #waiters: Map<number, Waiter> = new Map() // by ticket
  readonly #search: Search

  constructor(slots: Slots) {
    this.#slots = slots
    this.#search = new Search(() => {
      const hope = slots.search()
      this.#serve()
      return hope
    })
  }

  /** @throws {PoolError} `ERR_ACQUIRE_TIMEOUT`, `ERR_POOL_CLOSED`, or the reason of the signal */
  join({ signal, timeout }: WaitOptions, demand?: Demand): Promise<Handle> {
    this.#slots.granted = this.#serve
    this.#slots.letGo = this.#goOn
    return new Promise<Handle>((resolve, reject) => {
      let ticket = this.#slots.wait(demand)
      const leave = (): void => {
        this.#waiters.delete(ticket)
        signal?.removeEventListener('abort', abort)
        clearTimeout(timer)
        if (this.#waiters.size === 0) this.#search.stop()
      }
      const waiter: Waiter = {
        resolve: (handle) => {
          leave()
          resolve(handle)
        },
        reject: (reason) => {
          leave()
          this.#slots.stopWaiting(ticket)
          reject(reason)
        },
        rejoin: () => {
          this.#waiters.delete(ticket)
          ticket = this.#slots.wait(demand)
          this.#waiters.set(ticket, waiter)
        },
      }
      const abort = (): void => waiter.reject(signal?.reason)
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => waiter.reject(timedOut(timeout)), timeout)
      if (signal !== undefined) setMaxListeners(0, signal) // as many may wait as like
      signal?.addEventListener('abort', abort)
      this.#waiters.set(ticket, waiter)
      this.#search.start()
      this.#serve()
    })
  }

  /** Sends everybody away. */
  refuse(reason: PoolError): void {
    for (const waiter of this.#waiters.values()) waiter.reject(reason)
  }

  /**
   * Hands out what has come to those who wait here. A function of the line, never of one wait: what
   * stays in the slots would hold that one's buffer.
   */
  readonly #serve = (): void => {
    while (this.#waiters.size > 0) {
      const grant = this.#slots.takeGrant()
      if (grant === null) return
      const { ticket, handle } = grant
      const waiter = this.#waiters.get(ticket)
      if (waiter === undefined) throw new Error(`a slot came for ${ticket}, who waits no longer`)
      if (handle === 'escaped') waiter.rejoin()
      else if (handle === 'unsupported') waiter.reject(unsupported())
      else if (handle === 'out of memory') waiter.reject(outOfMemory())
      else waiter.resolve(handle)
    }
  }

  readonly #goOn = (): void => {
    this.#serve()
    this.#search.renew()
  }
}

function timedOut(timeout: number): PoolError {
  return new PoolError(
    'ERR_ACQUIRE_TIMEOUT',
    `no buffer became free within ${timeout} ms; release one sooner or wait longer`,
  )
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
export function checkWait(options: WaitOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with signal or timeout', options)
  }
  const { signal, timeout } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw argumentError('signal', 'an AbortSignal', signal)
  }
  if (timeout === undefined) return
  if (typeof timeout === 'number' && 0 <= timeout && timeout <= timeoutMax) return
  throw argumentError('timeout', `a number of ms between 0 and ${timeoutMax}`, timeout)
}
