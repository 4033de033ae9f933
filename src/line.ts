import { setMaxListeners } from 'node:events'
import { argumentError, PoolError } from './errors.js'
import { Search } from './search.js'

const timeoutMax = 2_147_483_647 // ms, the longest that a timer takes

export interface WaitOptions {
  /** Gives up the place in the line; the wait rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds, from 0; the wait rejects with `ERR_ACQUIRE_TIMEOUT`. Default: none. */
  readonly timeout?: number | undefined
}

interface Waiter<T> {
  /** What this one waits for, or null while it is not there. */
  readonly attempt: () => T | null
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Those who wait for a slot, served first come first served.
 *
 * waiting --served | aborted | timed out | refused--> gone. There is one gate, leave(): a waiter
 * that has left is never served, so that no slot is handed to nobody.
 */
export class Line<T> {
  readonly #waiters: Set<Waiter<T>> = new Set() // in order of arrival
  readonly #search: Search = new Search(() => this.serve())

  get length(): number {
    return this.#waiters.size
  }

  /** @throws {PoolError} `ERR_ACQUIRE_TIMEOUT`, or the reason of the signal */
  join(attempt: () => T | null, { signal, timeout }: WaitOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter)
        signal?.removeEventListener('abort', abort)
        clearTimeout(timer)
        if (this.#waiters.size === 0) this.#search.stop()
      }
      const waiter: Waiter<T> = {
        attempt,
        resolve: (value) => {
          leave()
          resolve(value)
        },
        reject: (reason) => {
          leave()
          reject(reason)
        },
      }
      const abort = (): void => waiter.reject(signal?.reason)
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => waiter.reject(timedOut(timeout)), timeout)
      if (signal !== undefined) setMaxListeners(0, signal) // as many may wait as like
      signal?.addEventListener('abort', abort)
      this.#waiters.add(waiter)
      this.#search.start()
    })
  }

  /** Serves the oldest waiters for as long as there is something to serve them. */
  serve(): void {
    for (const waiter of this.#waiters) {
      try {
        const value = waiter.attempt()
        if (value === null) return
        waiter.resolve(value)
      } catch (reason) {
        waiter.reject(reason)
      }
    }
  }

  /** Sends everybody away. */
  refuse(reason: PoolError): void {
    for (const waiter of this.#waiters) waiter.reject(reason)
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
