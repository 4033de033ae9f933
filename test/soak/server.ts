import { setTimeout as pause } from 'node:timers/promises'
import { type PixelArena, type PixelBuffer, PoolError, type ShapeOptions } from '../../src/index.js'
import { decode } from '../../src/sharp/index.js'
import { random } from '../process/children/random.js'
import type { Board } from './board.js'
import { check, checkZero, paint } from './mark.js'
import { toWish, type Wish } from './mix.js'
import type { Photo } from './photos.js'
import { type Held, type Parcel, tend } from './tenancy.js'

export interface ServerOptions {
  readonly arena: PixelArena
  readonly board: Board
  readonly photos: readonly Photo[]
  readonly seed: number
  /** Whether the arena's memory comes as zeros. */
  readonly clears: boolean
  readonly send: (parcel: Parcel) => void
}

type Roll = () => number

const lanes = 8
const patienceMs = 2000

/**
 * One thread of a server: serves some requests at a time as long as there is a burst. Each takes
 * memory, puts a picture there, and finds it as it was when it is done with it.
 */
export class Server {
  readonly #options: ServerOptions
  readonly #board: Board
  readonly #visits: Set<Promise<void>> = new Set()
  #out = 0 // bytes
  #marks: number

  constructor(options: ServerOptions) {
    this.#options = options
    this.#board = options.board
    this.#marks = options.seed
  }

  /** Until the board says that this is the end, and all was given back. */
  async run(): Promise<void> {
    const { seed } = this.#options
    await Promise.all(Array.from({ length: lanes }, (_, i) => this.#serve(random(seed + i))))
    await Promise.all(this.#visits)
  }

  /** A buffer comes as it was sent, or not at all. */
  async receive(parcel: Parcel): Promise<void> {
    const visit = this.#adopt(parcel)
    this.#visits.add(visit)
    await visit
    this.#visits.delete(visit)
  }

  /** All photographs once. */
  async warm(): Promise<void> {
    for (const photo of this.#options.photos) {
      const { buffer, mark } = await this.#decode(photo)
      check(buffer.data, mark, random(0))
      buffer.release()
    }
  }

  async #serve(roll: Roll): Promise<void> {
    const { photos } = this.#options
    for (;;) {
      const { phase, mix } = this.#board
      if (phase === 'end') return
      if (phase === 'burst') await this.#request(toWish(mix, photos, roll), roll)
      const trickles = phase === 'trickle' && roll() < 0.02
      if (trickles) await this.#request(toWish('thumbnails', photos, roll), roll)
      await pause(phase === 'burst' ? roll() * 40 : 50)
    }
  }

  async #request(wish: Wish, roll: Roll): Promise<void> {
    if (this.#out > 0 && this.#out + wish.bytes > this.#board.appetite) return
    this.#out += wish.bytes
    try {
      await this.#answer(wish, roll)
      this.#board.count('served')
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#board.count('refused')
    } finally {
      this.#out -= wish.bytes
    }
  }

  async #answer(wish: Wish, roll: Roll): Promise<void> {
    const { board, send, arena } = this.#options
    if (wish.kind === 'decoded') {
      const held = await this.#decode(wish.photo, AbortSignal.timeout(patienceMs))
      board.count('decoded')
      await tend(held, { board, send, roll })
    } else if (roll() < 0.1) {
      await arena.use(wish.shape, async (buffer) => {
        const { mark } = this.#paint(buffer, roll)
        await pause(roll() * 50)
        check(buffer.data, mark, roll)
      })
    } else {
      const buffer = await this.#acquire(wish.shape, roll)
      await tend(this.#paint(buffer, roll), { board, send, roll })
    }
  }

  /** @throws {PoolError} `ERR_POOL_EXHAUSTED`, `ERR_ACQUIRE_TIMEOUT` */
  async #acquire(shape: ShapeOptions, roll: Roll): Promise<PixelBuffer> {
    const { arena, board } = this.#options
    if (roll() < 0.2) return arena.acquire(shape)
    const buffer = arena.tryAcquire(shape)
    if (buffer !== null) return buffer
    board.count('waited')
    return arena.acquireAsync(shape, { timeout: patienceMs * roll() })
  }

  async #decode({ path, width, hash }: Photo, signal?: AbortSignal): Promise<Held> {
    const pool = this.#options.arena
    return { buffer: await decode(path, { pool, width, wait: true, signal }), mark: hash }
  }

  #paint(buffer: PixelBuffer, roll: Roll): Held {
    if (this.#options.clears) checkZero(buffer.data, roll)
    const mark = this.#marks++
    paint(buffer.data, mark)
    return { buffer, mark }
  }

  async #adopt({ token, mark }: Parcel): Promise<void> {
    const { arena, board, seed } = this.#options
    try {
      const buffer = arena.adopt(token)
      board.count('adopted')
      await pause(20)
      check(buffer.data, mark, random(seed))
      buffer.release()
    } catch (error) {
      if (!(error instanceof PoolError && error.code === 'ERR_LEASE_EXPIRED')) throw error
      board.count('expired')
    }
  }
}

/** Whether somebody got nothing because others had all, which is as it must be. */
function isRefusal(error: unknown): boolean {
  if (error instanceof PoolError) {
    return error.code === 'ERR_POOL_EXHAUSTED' || error.code === 'ERR_ACQUIRE_TIMEOUT'
  }
  return error instanceof Error && error.name === 'TimeoutError'
}
