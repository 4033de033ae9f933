import assert from 'node:assert/strict'
import { type PixelBuffer, PixelPool, type PoolStats } from '../src/index.js'
import { canTransfer } from '../src/revoke.js'
import { choose } from './choose.js'
import { collectUntil } from './collect.js'

export interface ModelOptions {
  readonly slots: number
  readonly revoke: boolean
  readonly clear: 'never' | 'acquire' | 'release'
  readonly leaks: 'count' | 'trace'
}

/** One operation: which, and on which of the things at hand. */
export type Operation = readonly [kind: number, pick: number]

/** One tenancy as the model sees it. */
interface Tenancy {
  readonly color: number
  handles: number
  pins: number
  escaped: number
}

interface InHand {
  readonly buffer: PixelBuffer
  readonly tenancy: Tenancy
  pins: number
}

interface Pinned {
  readonly end: () => void
  readonly held: InHand
  readonly done: Promise<unknown>
}

/** Memory that the user transferred away and keeps. */
interface Moved {
  readonly memory: ArrayBuffer
  readonly tenancy: Tenancy
}

interface Waiting {
  readonly controller: AbortController
  settled: boolean
}

const shape = { width: 4, height: 4 } // 64 bytes
const small = { width: 2, height: 2, channels: 3 } as const

/**
 * A real pool and a model of it side by side: each operation is done to both, and then every number
 * that the pool tells is compared. Every tenancy paints its slot in a colour of its own.
 */
export class Model {
  readonly #options: ModelOptions
  readonly #pool: PixelPool
  #hand: InHand[] = []
  #pinned: Pinned[] = []
  #moved: Moved[] = []
  #line: Waiting[] = []
  readonly #tenancies: Set<Tenancy> = new Set()
  #colors = 0
  #acquires = 0
  #releases = 0
  #leaked = 0
  #exhausted = 0
  #peak = 0

  constructor(options: ModelOptions) {
    this.#options = options
    this.#pool = new PixelPool({ ...options, shape })
  }

  async apply([kind, pick]: Operation): Promise<void> {
    if (kind < 22) this.#acquire(pick)
    else if (kind < 30) this.#wait(pick)
    else if (kind < 34) this.#abort(pick)
    else if (kind < 62) this.#release(pick)
    else if (kind < 70) this.#retain(pick)
    else if (kind < 78) this.#pin(pick)
    else if (kind < 88) await this.#unpin(pick)
    else if (kind < 90) this.#escape(pick)
    else if (kind < 98) this.#look(pick)
    else if (kind === 98) this.#pool.trim()
    else if (pick % 40 === 0) await this.#forget(pick)
    else if (pick % 40 === 1) await this.#dropMoved()
    // Those who were served are at hand before the next operation.
    if (this.#line.length > 0 || kind < 62) await settle()
    this.#compare()
  }

  /** Ends everything and finds all slots free. */
  async finish(): Promise<void> {
    for (const { controller } of this.#line) controller.abort()
    await settle()
    this.#line = []
    while (this.#pinned.length > 0) await this.#unpin(0)
    while (this.#hand.length > 0) this.#release(0)
    await this.#dropMoved()
    this.#compare()
    assert.equal(this.#pool.stats().free, this.#options.slots)
    this.#pool.close()
  }

  #free(): number {
    return this.#options.slots - this.#tenancies.size
  }

  #take(buffer: PixelBuffer): void {
    const tenancy = { color: (this.#colors++ % 250) + 1, handles: 1, pins: 0, escaped: 0 }
    this.#tenancies.add(tenancy)
    this.#acquires++
    if (this.#options.clear !== 'never') {
      assert.ok(
        buffer.data.every((sample) => sample === 0),
        'a cleared slot shows zeros',
      )
    }
    buffer.data.fill(tenancy.color)
    this.#hand.push({ buffer, tenancy, pins: 0 })
    const leased = [...this.#tenancies].filter(({ handles }) => handles > 0).length
    this.#peak = Math.max(this.#peak, leased)
  }

  #acquire(pick: number): void {
    const wanted = pick % 2 === 0 ? undefined : small
    const buffer = this.#pool.tryAcquire(wanted)
    if (this.#free() > 0 && this.#line.length === 0) {
      assert.ok(buffer !== null, 'a free slot is leased')
      this.#take(buffer)
    } else {
      assert.equal(buffer, null)
      this.#exhausted++
    }
  }

  #wait(pick: number): void {
    if (this.#line.length >= 4) return
    const waiting = { controller: new AbortController(), settled: false }
    if (this.#free() === 0 || this.#line.length > 0) {
      this.#exhausted++
      this.#line.push(waiting)
    }
    const wanted = pick % 2 === 0 ? undefined : small
    const { signal } = waiting.controller
    this.#pool.acquireAsync(wanted, { signal }).then(
      (buffer) => {
        waiting.settled = true
        // Served in the order of the line, and never after an abort.
        assert.ok(!this.#line.includes(waiting) || this.#line[0] === waiting)
        assert.equal(signal.aborted, false)
        this.#line = this.#line.filter((each) => each !== waiting)
        this.#take(buffer)
      },
      (reason) => {
        waiting.settled = true
        assert.equal(reason, signal.reason)
      },
    )
  }

  #abort(pick: number): void {
    const waiting = choose(this.#line, pick)
    if (waiting === undefined) return
    waiting.controller.abort()
    this.#line = this.#line.filter((each) => each !== waiting)
  }

  #release(pick: number): void {
    const held = choose(this.#hand, pick)
    if (held === undefined) return
    const view = this.#look(pick)
    this.#giveBack(held)
    if (this.#options.revoke) assert.equal(view?.length, 0, 'a released view is empty')
  }

  #giveBack(held: InHand): void {
    const { buffer, tenancy } = held
    buffer.release()
    assert.throws(() => buffer.release(), { code: 'ERR_BUFFER_RELEASED' })
    this.#hand = this.#hand.filter((each) => each !== held)
    this.#releases++
    tenancy.handles--
    this.#end(tenancy)
  }

  #retain(pick: number): void {
    const held = choose(this.#hand, pick)
    if (held === undefined || this.#look(pick) === null) return
    this.#acquires++
    held.tenancy.handles++
    this.#hand.push({ buffer: held.buffer.retain(), tenancy: held.tenancy, pins: 0 })
  }

  #pin(pick: number): void {
    const held = choose(this.#hand, pick)
    if (held === undefined || this.#look(pick) === null) return
    let end = (): void => {}
    const promise = new Promise<void>((resolve) => {
      end = resolve
    })
    held.pins++
    held.tenancy.pins++
    this.#pinned.push({ end, held, done: held.buffer.pin(() => promise) })
  }

  async #unpin(pick: number): Promise<void> {
    const pin = choose(this.#pinned, pick)
    if (pin === undefined) return
    pin.end()
    await pin.done
    this.#pinned = this.#pinned.filter((each) => each !== pin)
    pin.held.pins--
    pin.held.tenancy.pins--
    this.#end(pin.held.tenancy)
  }

  /** The user transfers the memory of a buffer away and keeps it. */
  #escape(pick: number): void {
    const view = this.#look(pick)
    const held = choose(this.#hand, pick)
    if (view === null || held === undefined || !canTransfer) return
    held.tenancy.escaped++
    this.#moved.push({ memory: view.buffer.transfer(), tenancy: held.tenancy })
    assert.throws(() => held.buffer.data, { code: 'ERR_BUFFER_ESCAPED' })
    this.#giveBack(held)
  }

  /** Every handle of a tenancy shows its colour. */
  #look(pick: number): PixelBuffer['data'] | null {
    for (const { memory, tenancy } of this.#moved) {
      assert.equal(new Uint8Array(memory)[0], tenancy.color, 'moved memory stays its own')
    }
    const held = choose(this.#hand, pick)
    if (held === undefined) return null
    const { buffer, tenancy } = held
    assert.equal(buffer.data[0], tenancy.color)
    assert.equal(buffer.data.at(-1), tenancy.color)
    return buffer.data
  }

  async #forget(pick: number): Promise<void> {
    this.#drop(pick)
    const came = await collectUntil(() => this.#pool.stats().leaked === this.#leaked)
    assert.ok(came, 'a forgotten buffer comes back')
    await this.#hear()
  }

  /** A pin in flight holds its buffer, so only another one can be forgotten. */
  #drop(pick: number): void {
    const held = choose(this.#hand, pick)
    if (held === undefined || held.pins > 0) return
    this.#hand = this.#hand.filter((each) => each !== held)
    this.#leaked++
    held.tenancy.handles--
    this.#end(held.tenancy)
  }

  async #dropMoved(): Promise<void> {
    this.#dropQuarantined()
    const { quarantined } = this.#expected()
    const came = await collectUntil(() => this.#pool.stats().quarantined === quarantined)
    assert.ok(came, 'memory in quarantine comes back when nobody can reach it')
    await this.#hear()
  }

  /** A slot that came back by itself is a waiter's at once, and he hears of it a turn later. */
  async #hear(): Promise<void> {
    for (let turn = 0; turn < 100 && this.#pool.stats().waiting < this.#line.length; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Not in an async function: what its frame once held, it might hold on to. */
  #dropQuarantined(): void {
    const inQuarantine = ({ tenancy }: Moved): boolean => tenancy.handles + tenancy.pins === 0
    const dropped = this.#moved.filter(inQuarantine)
    this.#moved = this.#moved.filter((each) => !inQuarantine(each))
    for (const { tenancy } of dropped) {
      tenancy.escaped--
      this.#end(tenancy)
    }
  }

  #end(tenancy: Tenancy): void {
    if (tenancy.handles + tenancy.pins + tenancy.escaped === 0) this.#tenancies.delete(tenancy)
  }

  #expected(): Partial<PoolStats> {
    const all = [...this.#tenancies]
    const leased = all.filter(({ handles }) => handles > 0).length
    const pinned = all.filter(({ handles, pins }) => handles === 0 && pins > 0).length
    return {
      free: this.#free(),
      leased,
      pinned,
      quarantined: all.length - leased - pinned,
      waiting: this.#line.length,
      acquires: this.#acquires,
      releases: this.#releases,
      leaked: this.#leaked,
      exhausted: this.#exhausted,
      peakLeased: this.#peak,
    }
  }

  #compare(): void {
    const stats = this.#pool.stats()
    const expected = this.#expected()
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(Reflect.get(stats, name), value, name)
    }
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await null
}
