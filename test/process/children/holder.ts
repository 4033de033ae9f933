import assert from 'node:assert/strict'
import {
  type BufferToken,
  type PixelBuffer,
  PixelPool,
  type PoolToken,
} from '../../../src/index.js'

/** A buffer on its way, and what it was filled with. */
export interface Parcel {
  readonly token: BufferToken<'uint'>
  readonly pattern: number
}

/** What all threads together have done: the places in a shared row of counts. */
export const tally = { adopted: 0, expired: 1, waited: 2, gaveUp: 3 } as const
export const newTally = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(4 * Object.keys(tally).length))

export interface HolderOptions {
  readonly token: PoolToken<'uint'>
  readonly roll: () => number
  /** Tells its patterns from those of all others. */
  readonly number: number
  readonly counts: Int32Array
  readonly send: (parcel: Parcel) => void
  /** Whether it may drop a buffer without release. */
  readonly forgets: boolean
}

const handsMax = 4
const patternsEach = 1 << 18 // a holder

/**
 * Does at random what can be done with the slots of a shared pool. What it holds is filled with a
 * pattern that nobody else has, and must be so until it lets go.
 */
export class Holder {
  readonly #options: HolderOptions
  readonly #hands: { readonly buffer: PixelBuffer<'uint'>; readonly pattern: number }[] = []
  readonly #waits: Set<Promise<void>> = new Set()
  readonly #acts: readonly (() => void)[]
  #pool: PixelPool<'uint'>
  #patterns = 0

  constructor(options: HolderOptions) {
    this.#options = options
    this.#pool = PixelPool.attach(options.token)
    const acquire = (): void => this.#fill(this.#pool.tryAcquire())
    const wait = (): void => this.#wait()
    const release = (): void => this.#take()?.buffer.release()
    const move = (): void => this.#move()
    const refill = (): void => this.#fill(this.#take()?.buffer ?? null)
    const common = [acquire, acquire, wait, wait, release, release, release, move, move, refill]
    const seldom = [(): void => this.#reopen(), (): void => this.#forget()]
    this.#acts = [...common, ...common, ...common, ...seldom]
  }

  /** Some acts, one after another. */
  step(): void {
    const { roll } = this.#options
    do {
      if (this.#hands.length > handsMax) this.#take()?.buffer.release()
      this.#acts[Math.floor(roll() * this.#acts.length)]?.()
    } while (roll() < 0.85)
  }

  /** A buffer comes as it was sent, or not at all. */
  receive({ token, pattern }: Parcel): void {
    let buffer: PixelBuffer<'uint'>
    try {
      buffer = this.#pool.adopt(token)
    } catch (error) {
      if (!hasCode(error, 'ERR_LEASE_EXPIRED')) throw error
      this.#count('expired')
      return
    }
    checkPattern(buffer, pattern)
    this.#count('adopted')
    this.#hands.push({ buffer, pattern })
  }

  /** Waits for what it has in the line, and lets go of all. */
  async end(): Promise<void> {
    await Promise.all(this.#waits)
    while (this.#hands.length > 0) this.#take()?.buffer.release()
  }

  close(): void {
    this.#pool.close()
  }

  #fill(buffer: PixelBuffer<'uint'> | null): void {
    if (buffer === null) return
    const pattern = (this.#options.number * patternsEach + ++this.#patterns) >>> 0
    buffer.data.fill(pattern)
    this.#hands.push({ buffer, pattern })
  }

  /** One of those in hand, out of it, as it was filled. */
  #take(): { readonly buffer: PixelBuffer<'uint'>; readonly pattern: number } | undefined {
    const [taken] = this.#hands.splice(Math.floor(this.#options.roll() * this.#hands.length), 1)
    if (taken !== undefined) checkPattern(taken.buffer, taken.pattern)
    return taken
  }

  #move(): void {
    const taken = this.#take()
    if (taken === undefined) return
    const { buffer, pattern } = taken
    this.#options.send({ token: buffer.move({ expires: this.#options.roll() * 200 }), pattern })
  }

  #wait(): void {
    const { roll } = this.#options
    const controller = new AbortController()
    const options = { signal: controller.signal, timeout: roll() * 20 }
    if (roll() < 0.3) setTimeout(() => controller.abort('enough'), roll() * 10)
    const wait = this.#pool.acquireAsync(undefined, options).then(
      (buffer) => {
        this.#count('waited')
        this.#fill(buffer)
      },
      (error: unknown) => {
        const expected =
          error === 'enough' ||
          hasCode(error, 'ERR_ACQUIRE_TIMEOUT') ||
          hasCode(error, 'ERR_POOL_CLOSED')
        if (!expected) throw error
        this.#count('gaveUp')
      },
    )
    this.#waits.add(wait)
    wait.finally(() => this.#waits.delete(wait))
  }

  /** What it holds stays its own; what waits is sent away. */
  #reopen(): void {
    const next = PixelPool.attach(this.#options.token)
    this.#pool.close()
    this.#pool = next
  }

  #forget(): void {
    if (this.#options.forgets) this.#take()
  }

  #count(what: keyof typeof tally): void {
    Atomics.add(this.#options.counts, tally[what], 1)
  }
}

function checkPattern({ data }: PixelBuffer<'uint'>, pattern: number): void {
  const stranger = data.findIndex((sample) => sample !== pattern)
  assert.equal(stranger, -1, `${data[stranger]} stands at ${stranger} in a buffer of ${pattern}`)
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
