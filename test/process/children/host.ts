import { Worker } from 'node:worker_threads'
import type { BufferToken, PixelPool } from '../../../src/index.js'

export interface Stay {
  readonly state: string
  readonly end: string
  readonly picture?: Uint8Array
  readonly ms?: number
}

/** A worker that uses a pool of this thread's, see guest.ts. */
export class Guest {
  readonly tokens: BufferToken<'uchar'>[] = []
  /** Its end, by what error if any. */
  readonly ended: Promise<unknown>
  readonly #worker: Worker

  constructor(pool: PixelPool, stay: Stay) {
    const workerData = { token: pool.share(), ...stay }
    this.#worker = new Worker(new URL('guest.js', import.meta.url), { workerData })
    let reason: unknown
    this.#worker.on('error', (error) => {
      reason = error
    })
    this.ended = new Promise((resolve) => this.#worker.on('exit', () => resolve(reason)))
    this.#worker.on('message', (message: string | BufferToken<'uchar'>) => {
      if (typeof message !== 'string') this.tokens.push(message)
    })
  }

  /** Answers when it is in its state. */
  static async invite(pool: PixelPool, stay: Stay): Promise<Guest> {
    const guest = new Guest(pool, stay)
    await guest.#entered(stay.state)
    return guest
  }

  /** No longer keeps this thread awake. */
  unref(): void {
    this.#worker.unref()
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  async #entered(state: string): Promise<void> {
    const entered = new Promise<void>((resolve) => {
      this.#worker.on('message', (message) => {
        if (message === state) resolve()
      })
    })
    const tooSoon = this.ended.then((reason) => {
      throw new Error(`it ended before it was ${state}`, { cause: reason })
    })
    await Promise.race([entered, tooSoon])
  }
}
