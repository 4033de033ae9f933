import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ArenaToken } from '../../src/index.js'
import { choose } from '../choose.js'
import type { ServerOptions } from './server.js'
import type { Parcel } from './tenancy.js'

export interface CrewOptions {
  /** What each worker is given, but that each has a seed of its own. */
  readonly data: Omit<ServerOptions, 'arena' | 'board' | 'send'> & {
    readonly token: ArenaToken
    readonly memory: SharedArrayBuffer
  }
  readonly onParcel: (parcel: Parcel) => void
  readonly onError: (error: unknown) => void
}

const seedsEach = 1_000_003 // lanes and painted pictures of a worker count from its own

/** The workers, each of which can be gone at any moment. */
export class Crew {
  readonly #options: CrewOptions
  readonly #workers: Set<Worker> = new Set()
  #hired = 0
  #ends = false

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /** One more, who is ready to serve. */
  async hire(): Promise<void> {
    const { data, onParcel, onError } = this.#options
    const workerData = { ...data, seed: data.seed + ++this.#hired * seedsEach }
    const worker = new Worker(new URL('thread.js', import.meta.url), { workerData })
    worker.on('error', onError)
    worker.on('exit', (code) => {
      if (!this.#workers.delete(worker)) return // it was terminated
      if (code !== 0 || !this.#ends) onError(new Error(`a worker ended by itself with ${code}`))
    })
    const isReady = once(worker, 'message')
    this.#workers.add(worker)
    await isReady
    worker.on('message', onParcel)
  }

  /** Ends one in the middle of its work, and hires another. */
  async replace(pick: number): Promise<void> {
    const worker = this.#pick(pick)
    if (worker === undefined) return
    this.#workers.delete(worker)
    await worker.terminate()
    await this.hire()
  }

  /** Hands what is on its way to one of them. */
  pass(parcel: Parcel, pick: number): void {
    this.#pick(pick)?.postMessage(parcel)
  }

  /** Until all have ended by themselves. */
  async end(): Promise<void> {
    this.#ends = true
    await Promise.all([...this.#workers].map((worker) => once(worker, 'exit')))
    assert.equal(this.#workers.size, 0)
  }

  #pick(pick: number): Worker | undefined {
    return choose([...this.#workers], pick)
  }
}
