import assert from 'node:assert/strict'
import { type BufferToken, type PixelBuffer, type PixelPool, PoolError } from '../src/index.js'
import { collectUntil } from './collect.js'

/** What is done at one end of a shared pool. Buffers, waits and pins go by numbers. */
export type Command =
  | { readonly act: 'acquire' | 'wait'; readonly name: number; readonly color: number }
  | { readonly act: 'abort' | 'release' | 'forget'; readonly name: number }
  | { readonly act: 'look'; readonly name: number; readonly color: number }
  | { readonly act: 'retain'; readonly name: number; readonly second: number }
  | { readonly act: 'pin'; readonly name: number; readonly pin: number }
  | { readonly act: 'unpin'; readonly pin: number }
  | { readonly act: 'move'; readonly name: number; readonly expires: number }
  | {
      readonly act: 'adopt'
      readonly name: number
      readonly token: BufferToken
      readonly color: number
    }
  | { readonly act: 'collect'; readonly leaked: number }
  | { readonly act: 'close' }

/** `'ok'`, `'none'`, an error's code, or the token of a move. */
export type Answer = string | BufferToken

/** How a wait ended: `'served'`, `'aborted'` or an error's code. */
export type Tell = (name: number, outcome: string) => void

interface Pinned {
  readonly end: () => void
  readonly done: Promise<unknown>
}

const small = { width: 2, height: 2, channels: 3 } as const

/** One end of a shared pool, in whichever thread: does what it is told and checks all contents. */
export class Seat {
  readonly #pool: PixelPool
  readonly #tell: Tell
  readonly #hand: Map<number, PixelBuffer> = new Map()
  readonly #waits: Map<number, AbortController> = new Map()
  readonly #pins: Map<number, Pinned> = new Map()

  constructor(pool: PixelPool, tell: Tell) {
    this.#pool = pool
    this.#tell = tell
  }

  async perform(command: Command): Promise<Answer> {
    try {
      return await this.#do(command)
    } catch (error) {
      if (error instanceof PoolError) return error.code
      throw error
    }
  }

  #do(command: Command): Answer | Promise<Answer> {
    switch (command.act) {
      case 'acquire':
        return this.#acquire(command.name, command.color)
      case 'wait':
        return this.#wait(command.name, command.color)
      case 'abort':
        this.#waits.get(command.name)?.abort()
        return 'ok'
      case 'look':
        shows(this.#held(command.name), command.color)
        return 'ok'
      case 'release':
        return this.#release(command.name)
      case 'forget':
        this.#hand.delete(command.name)
        return 'ok'
      case 'retain':
        this.#hand.set(command.second, this.#held(command.name).retain())
        return 'ok'
      case 'pin':
        return this.#pin(command.name, command.pin)
      case 'unpin':
        return this.#unpin(command.pin)
      case 'move':
        return this.#move(command.name, command.expires)
      case 'adopt':
        return this.#adopt(command.name, command.token, command.color)
      case 'collect':
        return this.#collect(command.leaked)
      case 'close':
        this.#pool.close()
        return 'ok'
    }
  }

  #held(name: number): PixelBuffer {
    const buffer = this.#hand.get(name)
    assert.ok(buffer !== undefined)
    return buffer
  }

  #acquire(name: number, color: number): Answer {
    const buffer = this.#pool.tryAcquire(name % 2 === 0 ? undefined : small)
    if (buffer === null) return 'none'
    this.#take(name, buffer, color)
    return 'ok'
  }

  #take(name: number, buffer: PixelBuffer, color: number): void {
    buffer.data.fill(color)
    this.#hand.set(name, buffer)
  }

  #wait(name: number, color: number): Answer {
    const controller = new AbortController()
    this.#waits.set(name, controller)
    const { signal } = controller
    this.#pool.acquireAsync(name % 2 === 0 ? undefined : small, { signal }).then(
      (buffer) => {
        this.#take(name, buffer, color)
        this.#tell(name, 'served')
      },
      (error) => this.#tell(name, error instanceof PoolError ? error.code : 'aborted'),
    )
    return 'ok'
  }

  #release(name: number): Answer {
    const buffer = this.#held(name)
    const view = buffer.data
    buffer.release()
    this.#hand.delete(name)
    assert.equal(view.length, 0)
    assert.throws(() => buffer.release(), { code: 'ERR_BUFFER_RELEASED' })
    return 'ok'
  }

  #pin(name: number, pin: number): Answer {
    let end = (): void => {}
    const promise = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#pins.set(pin, { end, done: this.#held(name).pin(() => promise) })
    return 'ok'
  }

  async #unpin(pin: number): Promise<Answer> {
    this.#pins.get(pin)?.end()
    await this.#pins.get(pin)?.done
    this.#pins.delete(pin)
    return 'ok'
  }

  #move(name: number, expires: number): Answer {
    const buffer = this.#held(name)
    const view = buffer.data
    const token = buffer.move({ expires })
    this.#hand.delete(name)
    assert.equal(view.length, 0)
    return token
  }

  #adopt(name: number, token: BufferToken, color: number): Answer {
    const buffer = this.#pool.adopt(token)
    shows(buffer, color)
    this.#hand.set(name, buffer)
    return 'ok'
  }

  async #collect(leaked: number): Promise<Answer> {
    const came = await collectUntil(() => this.#pool.stats().leaked === leaked)
    assert.ok(came, 'a forgotten buffer comes back')
    return 'ok'
  }
}

function shows({ data }: PixelBuffer, color: number): void {
  assert.ok(
    data.every((sample) => sample === color),
    `a buffer shows ${color}, its own colour`,
  )
}
