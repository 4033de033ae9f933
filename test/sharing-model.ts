import assert from 'node:assert/strict'
import { type BufferToken, PixelPool, type PoolStats } from '../src/index.js'
import { choose } from './choose.js'
import type { End, OpenEnd } from './sharing-ends.js'
import { Seat } from './sharing-seat.js'

export interface SharingOptions {
  readonly slots: number
  readonly ends: number
  readonly clear: 'never' | 'acquire' | 'release'
  readonly leaks: 'count' | 'trace'
}

/** One operation: which, at which end, and on which of the things at hand there. */
export type Operation = readonly [kind: number, who: number, pick: number]

/** One tenancy of a slot as the model sees it: of one end's handles, or on its way. */
interface Tenancy {
  readonly color: number
  handles: number
  pins: number
  moving: boolean
}

interface Side {
  readonly end: End
  open: boolean
}

interface InHand {
  readonly name: number
  readonly side: Side
  readonly tenancy: Tenancy
  pins: number
}

interface Pinned {
  readonly pin: number
  readonly held: InHand
}

interface Moved {
  readonly token: BufferToken
  readonly tenancy: Tenancy
  readonly expires: number
}

interface Waiting {
  readonly name: number
  readonly side: Side
  readonly color: number
  tenancy: Tenancy | null // once a slot is his
  outcome: string | null // once he has told
}

const patienceMs = 20_000
const shape = { width: 4, height: 4 } // 64 bytes

/**
 * A real pool with several ends and a model of it side by side: each operation is done to both, and
 * then every number that the pool tells is compared. The line and the moves are the pool's, so the
 * model knows who gets a slot; that one tells of it some time after, wherever he is.
 */
export class SharingModel {
  readonly #options: SharingOptions
  readonly #openEnd: OpenEnd
  readonly #pool: PixelPool
  readonly #tenancies: Set<Tenancy> = new Set()
  readonly #waits: Map<number, Waiting> = new Map() // of whom nothing was heard yet
  #sides: Side[] = []
  #hand: InHand[] = []
  #pinned: Pinned[] = []
  #moved: Moved[] = []
  #spent: BufferToken[] = []
  #line: Waiting[] = []
  #granted: Waiting[] = []
  #names = 0
  #acquires = 0
  #releases = 0
  #leaked = 0
  #exhausted = 0
  #peak = 0

  private constructor(options: SharingOptions, openEnd: OpenEnd) {
    this.#options = options
    this.#openEnd = openEnd
    this.#pool = new PixelPool({ ...options, shape })
    this.#sides.push({ end: new Seat(this.#pool, this.#hear), open: true })
  }

  static async open(options: SharingOptions, openEnd: OpenEnd): Promise<SharingModel> {
    const model = new SharingModel(options, openEnd)
    while (model.#sides.length < options.ends) await model.#attach()
    return model
  }

  async apply([kind, who, pick]: Operation): Promise<void> {
    const side = choose(this.#sides, who)
    assert.ok(side !== undefined)
    if (kind < 18) await this.#acquire(side)
    else if (kind < 32) await this.#wait(side)
    else if (kind < 38) await this.#abort(pick)
    else if (kind < 60) await this.#release(pick)
    else if (kind < 65) await this.#retain(pick)
    else if (kind < 70) await this.#pin(pick)
    else if (kind < 76) await this.#unpin(pick)
    else if (kind < 84) await this.#move(pick, 30_000)
    else if (kind < 86) await this.#move(pick, 0)
    else if (kind < 88) await this.#moveAndAsk(side, pick)
    else if (kind < 96) await this.#adopt(side, pick)
    else if (kind < 97) await this.#adoptAgain(side, pick)
    else if (pick % 8 === 0) await this.#end(side)
    else if (pick % 8 === 1) await this.#terminate(side)
    else if (pick % 16 === 2) await this.#forget(pick)
    else await this.#look(pick)
    this.#expire()
    this.#compare()
    if (pick % 3 > 0) await this.#settle()
  }

  /** Ends everything, the ends in some order, and finds all slots free. */
  async finish(seed: number): Promise<void> {
    await this.#settle()
    while (this.#sides.some(({ open }) => open)) {
      const open = this.#sides.filter((side) => side.open)
      await this.#close(choose(open, seed) ?? this.#landlord)
      this.#compare()
    }
    await this.#settle()
    while (this.#pinned.length > 0) await this.#unpin(seed)
    while (this.#hand.length > 0) await this.#release(seed)
    this.#compare()
    assert.equal(this.#pool.stats().free, this.#options.slots)
    assert.equal(this.#acquires, this.#releases + this.#leaked)
    for (const { end } of this.#sides) await end.terminate?.()
  }

  get #landlord(): Side {
    const [first] = this.#sides
    assert.ok(first !== undefined)
    return first
  }

  // --- what is done at one end

  async #attach(): Promise<void> {
    const end = await this.#openEnd(this.#pool.share(), this.#hear)
    this.#sides.push({ end, open: true })
  }

  async #acquire(side: Side): Promise<void> {
    const name = this.#names++
    const color = colorOf(name)
    const answer = await side.end.perform({ act: 'acquire', name, color })
    if (!side.open) return assert.equal(answer, 'ERR_POOL_CLOSED')
    if (!this.#asks()) return assert.equal(answer, 'none')
    assert.equal(answer, 'ok', 'a free slot is leased')
    this.#hand.push({ name, side, tenancy: this.#begin(color), pins: 0 })
  }

  async #wait(side: Side): Promise<void> {
    if (this.#line.length >= 6) return
    const name = this.#names++
    const waiting = { name, side, color: colorOf(name), tenancy: null, outcome: null }
    this.#waits.set(name, waiting)
    await side.end.perform({ act: 'wait', name, color: waiting.color })
    if (!side.open) return assert.equal(await this.#heardOf(waiting), 'ERR_POOL_CLOSED')
    if (this.#asks()) this.#grant(waiting)
    else this.#line.push(waiting)
  }

  /** Of one in line, or of one whose slot has come and who may not know it yet. */
  async #abort(pick: number): Promise<void> {
    const waiting = choose([...this.#line, ...this.#granted], pick)
    if (waiting === undefined) return
    await waiting.side.end.perform({ act: 'abort', name: waiting.name })
    const outcome = await this.#heardOf(waiting)
    if (waiting.tenancy === null) assert.equal(outcome, 'aborted')
    this.#line = this.#line.filter((each) => each !== waiting)
    this.#granted = this.#granted.filter((each) => each !== waiting)
    this.#conclude(waiting, outcome, 'aborted')
    this.#serve()
  }

  async #release(pick: number): Promise<void> {
    const held = await this.#look(pick)
    if (held === undefined) return
    assert.equal(await held.side.end.perform({ act: 'release', name: held.name }), 'ok')
    this.#drop(held)
    this.#releases++
    this.#serve()
  }

  async #retain(pick: number): Promise<void> {
    const held = choose(this.#hand, pick)
    if (held === undefined) return
    const { name, side, tenancy } = held
    const second = this.#names++
    assert.equal(await side.end.perform({ act: 'retain', name, second }), 'ok')
    tenancy.handles++
    this.#acquires++
    this.#hand.push({ name: second, side, tenancy, pins: 0 })
  }

  async #pin(pick: number): Promise<void> {
    const held = choose(this.#hand, pick)
    if (held === undefined) return
    const pin = this.#names++
    assert.equal(await held.side.end.perform({ act: 'pin', name: held.name, pin }), 'ok')
    held.pins++
    held.tenancy.pins++
    this.#pinned.push({ pin, held })
  }

  async #unpin(pick: number): Promise<void> {
    const pinned = choose(this.#pinned, pick)
    if (pinned === undefined) return
    const { pin, held } = pinned
    assert.equal(await held.side.end.perform({ act: 'unpin', pin }), 'ok')
    this.#pinned = this.#pinned.filter((each) => each !== pinned)
    held.pins--
    held.tenancy.pins--
    this.#endIfUnheld(held.tenancy)
    this.#serve()
  }

  async #move(pick: number, expires: number): Promise<void> {
    const held = choose(this.#hand, pick)
    if (held === undefined) return
    const { name, side, tenancy } = held
    const answer = await side.end.perform({ act: 'move', name, expires })
    if (tenancy.handles > 1 || tenancy.pins > 0) return assert.equal(answer, 'ERR_BUFFER_HELD')
    assert.ok(typeof answer !== 'string', `a buffer was not moved: ${answer}`)
    this.#hand = this.#hand.filter((each) => each !== held)
    tenancy.handles = 0
    tenancy.moving = true
    this.#moved.push({ token: answer, tenancy, expires })
  }

  /** A move that runs out is found by whoever asks for a slot next. */
  async #moveAndAsk(side: Side, pick: number): Promise<void> {
    await this.#move(pick, 0)
    if (pick % 2 === 0) await this.#acquire(side)
    else await this.#wait(side)
  }

  async #adopt(side: Side, pick: number): Promise<void> {
    const moved = choose(this.#moved, pick)
    if (moved === undefined) return
    const { token, tenancy } = moved
    const name = this.#names++
    const { color } = tenancy
    const answer = await side.end.perform({ act: 'adopt', name, token, color })
    if (!side.open) return assert.equal(answer, 'ERR_POOL_CLOSED')
    assert.equal(answer, 'ok')
    this.#moved = this.#moved.filter((each) => each !== moved)
    this.#spent = [...this.#spent.slice(-5), token]
    tenancy.moving = false
    tenancy.handles = 1
    this.#hand.push({ name, side, tenancy, pins: 0 })
  }

  async #adoptAgain(side: Side, pick: number): Promise<void> {
    const token = choose(this.#spent, pick)
    if (token === undefined) return
    const answer = await side.end.perform({ act: 'adopt', name: this.#names++, token, color: 0 })
    assert.equal(answer, side.open ? 'ERR_LEASE_EXPIRED' : 'ERR_POOL_CLOSED')
  }

  /** Every sample of a buffer has its tenancy's colour. */
  async #look(pick: number): Promise<InHand | undefined> {
    const held = choose(this.#hand, pick)
    if (held === undefined) return undefined
    const { name, tenancy } = held
    assert.equal(await held.side.end.perform({ act: 'look', name, color: tenancy.color }), 'ok')
    return held
  }

  /** A pin in flight holds its buffer, so only another one can be forgotten. */
  async #forget(pick: number): Promise<void> {
    const held = choose(this.#hand, pick)
    if (held === undefined || held.pins > 0) return
    await held.side.end.perform({ act: 'forget', name: held.name })
    this.#leaked++
    assert.equal(await held.side.end.perform({ act: 'collect', leaked: this.#leaked }), 'ok')
    this.#drop(held)
    this.#serve()
  }

  // --- how ends come and go

  /** Closes one, but never the first, and opens another instead of one that has nothing left. */
  async #end(side: Side): Promise<void> {
    if (side === this.#landlord) return
    if (side.open) return this.#close(side)
    const isBusy = [...this.#hand, ...this.#pinned.map(({ held }) => held)].some(
      (each) => each.side === side,
    )
    if (isBusy) return
    await side.end.terminate?.()
    this.#sides = this.#sides.filter((each) => each !== side)
    await this.#attach()
  }

  async #close(side: Side): Promise<void> {
    assert.equal(await side.end.perform({ act: 'close' }), 'ok')
    side.open = false
    for (const waiting of this.#takeWaitsOf(side)) {
      const outcome = await this.#heardOf(waiting)
      if (waiting.tenancy === null) assert.equal(outcome, 'ERR_POOL_CLOSED')
      this.#conclude(waiting, outcome, 'ERR_POOL_CLOSED')
    }
    if (!this.#sides.some(({ open }) => open)) this.#endMoves(() => true)
    this.#serve()
  }

  /** A thread that dies takes nothing along. What it has moved is on its way all the same. */
  async #terminate(side: Side): Promise<void> {
    if (side.end.terminate === undefined) return
    await side.end.terminate()
    for (const { name, tenancy } of this.#takeWaitsOf(side)) {
      this.#waits.delete(name)
      if (tenancy === null) continue
      this.#releases++
      tenancy.handles--
      this.#endIfUnheld(tenancy)
    }
    for (const { held } of this.#pinned) if (held.side === side) held.tenancy.pins--
    for (const held of this.#hand.filter((each) => each.side === side)) {
      this.#drop(held)
      this.#releases++
    }
    for (const { held } of this.#pinned) if (held.side === side) this.#endIfUnheld(held.tenancy)
    this.#pinned = this.#pinned.filter(({ held }) => held.side !== side)
    this.#sides = this.#sides.filter((each) => each !== side)
    this.#serve()
    await this.#attach()
  }

  #takeWaitsOf(side: Side): Waiting[] {
    const waits = [...this.#line, ...this.#granted].filter((each) => each.side === side)
    this.#line = this.#line.filter((each) => each.side !== side)
    this.#granted = this.#granted.filter((each) => each.side !== side)
    return waits
  }

  // --- the line

  /** Whether who asks now gets a slot at once; the moves that have run out come back if he does not. */
  #asks(): boolean {
    const isFree = (): boolean => this.#free() > 0 && this.#line.length === 0
    if (!isFree()) this.#expire()
    const got = isFree()
    if (!got) this.#exhausted++
    return got
  }

  #serve(): void {
    while (this.#free() > 0) {
      const waiting = this.#line.shift()
      if (waiting === undefined) return
      this.#grant(waiting)
    }
  }

  #grant(waiting: Waiting): void {
    waiting.tenancy = this.#begin(waiting.color)
    this.#granted.push(waiting)
  }

  /** All whose slot has come know it. */
  async #settle(): Promise<void> {
    for (const waiting of this.#granted.splice(0)) {
      this.#conclude(waiting, await this.#heardOf(waiting), 'served')
    }
  }

  /** One who has a slot was served, or sent away without it. */
  #conclude({ name, side, tenancy }: Waiting, outcome: string, otherwise: string): void {
    if (tenancy === null) return
    if (outcome === 'served') {
      this.#hand.push({ name, side, tenancy, pins: 0 })
      return
    }
    assert.equal(outcome, otherwise)
    this.#releases++
    tenancy.handles--
    this.#endIfUnheld(tenancy)
  }

  readonly #hear = (name: number, outcome: string): void => {
    const waiting = this.#waits.get(name)
    assert.ok(waiting !== undefined, 'nobody tells twice')
    waiting.outcome = outcome
    this.#waits.delete(name)
  }

  async #heardOf(waiting: Waiting): Promise<string> {
    const end = performance.now() + patienceMs
    while (waiting.outcome === null) {
      assert.ok(performance.now() < end, 'who got a slot, or was sent away, hears of it')
      await new Promise((resolve) => setImmediate(resolve))
    }
    return waiting.outcome
  }

  // --- tenancies

  #free(): number {
    return this.#options.slots - this.#tenancies.size
  }

  #begin(color: number): Tenancy {
    const tenancy = { color, handles: 1, pins: 0, moving: false }
    this.#tenancies.add(tenancy)
    this.#acquires++
    this.#peak = Math.max(this.#peak, this.#leased())
    return tenancy
  }

  #drop(held: InHand): void {
    this.#hand = this.#hand.filter((each) => each !== held)
    held.tenancy.handles--
    this.#endIfUnheld(held.tenancy)
  }

  #endIfUnheld(tenancy: Tenancy): void {
    const { handles, pins, moving } = tenancy
    if (handles + pins === 0 && !moving) this.#tenancies.delete(tenancy)
  }

  #expire(): void {
    this.#endMoves(({ expires }) => expires === 0)
    this.#serve()
  }

  #endMoves(isOver: (moved: Moved) => boolean): void {
    for (const { tenancy, token } of this.#moved.filter(isOver)) {
      this.#spent = [...this.#spent.slice(-5), token]
      tenancy.moving = false
      this.#releases++
      this.#endIfUnheld(tenancy)
    }
    this.#moved = this.#moved.filter((moved) => !isOver(moved))
  }

  #leased(): number {
    return [...this.#tenancies].filter(({ handles, moving }) => handles > 0 || moving).length
  }

  #compare(): void {
    const stats: Partial<PoolStats> = this.#pool.stats()
    const leased = this.#leased()
    const expected: Partial<PoolStats> = {
      free: this.#free(),
      leased,
      pinned: this.#tenancies.size - leased,
      quarantined: 0,
      waiting: this.#line.length,
      acquires: this.#acquires,
      releases: this.#releases,
      leaked: this.#leaked,
      exhausted: this.#exhausted,
      peakLeased: this.#peak,
    }
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(Reflect.get(stats, name), value, name)
    }
  }
}

function colorOf(name: number): number {
  return (name % 250) + 1
}
