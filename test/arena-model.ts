import assert from 'node:assert/strict'
import {
  type BufferToken,
  PixelArena,
  type PixelBuffer,
  type ScratchOptions,
} from '../src/index.js'
import { Ladder } from '../src/ladder.js'
import { canTransfer } from '../src/revoke.js'
import { toShape } from '../src/shape.js'
import type { ArenaStats } from '../src/stats.js'
import { choose } from './choose.js'
import { collectUntil } from './collect.js'
import { checkArena } from './equation.js'
import { FakeClock } from './fake-clock.js'

export interface ArenaModelOptions {
  readonly budget: number
  readonly hugePages: boolean
  readonly clear: 'never' | 'acquire' | 'release'
  readonly leaks: 'count' | 'trace'
  readonly keep: number
  /** Bytes of each scratch directory. */
  readonly scratch: readonly number[]
}

/** One operation: which, on which of the things at hand, and how large. */
export type Operation = readonly [kind: number, pick: number, width: number]

/** One tenancy as the model sees it. */
interface Tenancy {
  readonly color: number
  readonly size: Size
  /** The scratch directory it is in; null in memory. */
  readonly directory: number | null
  handles: number
  pins: number
  escaped: number
  moving: boolean
}

/** What a shape takes. */
interface Size {
  readonly width: number
  readonly bytes: number
  /** In memory, whole pages. */
  readonly pages: number
  /** On a disk. */
  readonly file: number
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

interface Waiting {
  readonly size: Size
  readonly controller: AbortController
  buffer: PixelBuffer | null
  settled: boolean
}

const hugeBytes = 2 ** 21
const idleAfter = 60_000 // ms; the real timer of the other end never comes to it
const patienceMs = 10_000

/**
 * A real arena with two ends and a model of it side by side: each operation is done to both, and
 * then every number that the arena tells is compared, but for idle memory: of that it may have as
 * much as the budget leaves. Every tenancy paints its pixels in a colour of its own.
 */
export class ArenaModel {
  readonly #options: ArenaModelOptions
  readonly #clock: FakeClock = new FakeClock()
  readonly #ends: readonly [PixelArena, PixelArena]
  readonly #ladder: Ladder
  readonly #pageBytes: number
  #hand: InHand[] = []
  #pinned: Pinned[] = []
  #moved: { readonly token: BufferToken; readonly tenancy: Tenancy }[] = []
  #taken: { readonly memory: ArrayBuffer; readonly tenancy: Tenancy }[] = []
  #line: Waiting[] = []
  readonly #tenancies: Set<Tenancy> = new Set()
  #colors = 0
  #acquires = 0
  #releases = 0
  #leaked = 0
  #exhausted = 0

  constructor(options: ArenaModelOptions, directories: readonly string[]) {
    const { budget, hugePages, clear, leaks, keep } = options
    this.#options = options
    const scratch: ScratchOptions[] = options.scratch.map((limit, i) => {
      return { directory: directories[i] ?? '', limit }
    })
    const idle = { after: idleAfter, keep, clock: this.#clock }
    const arena = new PixelArena({ budget, hugePages, clear, leaks, idle, scratch })
    this.#ends = [arena, PixelArena.attach(arena.share())]
    this.#ladder = Ladder.upTo({ budget, hugePages, scratch: options.scratch })
    const dot = arena.acquire({ width: 1, height: 1 })
    this.#pageBytes = arena.stats().leasedBytes + arena.stats().wastedBytes
    dot.release()
    this.#acquires++
    this.#releases++
  }

  async apply([kind, pick, width]: Operation): Promise<void> {
    const end = this.#ends[pick % 2 === 0 ? 0 : 1]
    if (kind < 26) this.#acquire(end, width)
    else if (kind < 34) this.#wait(end, width)
    else if (kind < 37) this.#abort(pick)
    else if (kind < 62) this.#release(pick)
    else if (kind < 67) this.#retain(pick)
    else if (kind < 72) this.#pin(pick)
    else if (kind < 79) await this.#unpin(pick)
    else if (kind < 83) this.#move(pick)
    else if (kind < 88) this.#adopt(end, pick)
    else if (kind < 94) this.#clock.advance((pick * idleAfter) / 400)
    else if (kind < 97) this.#look(pick)
    else if (kind === 97) this.#trim(end)
    else if (kind === 98) this.#escape(pick)
    else if (pick % 20 === 0) await this.#forget(pick)
    else if (pick % 20 === 1) await this.#dropTaken()
    await this.#settle()
    this.#compare()
  }

  /** Ends everything, finds all slots free, and nothing in memory after a rest. */
  async finish(): Promise<void> {
    for (const { controller } of this.#line) controller.abort()
    this.#line = []
    while (this.#pinned.length > 0) await this.#unpin(0)
    while (this.#moved.length > 0) this.#adopt(this.#ends[0], 0)
    while (this.#hand.length > 0) this.#release(0)
    await this.#dropTaken()
    await this.#settle()
    this.#compare()
    const [arena, other] = this.#ends
    const { free, slots } = arena.stats()
    assert.equal(free, slots)
    // The cleaner's thread has no such clock: what it works on meanwhile is not free.
    const isGone = (): boolean => {
      this.#clock.advance(4 * idleAfter)
      return arena.stats().heldBytes === 0
    }
    if (this.#options.keep === 0) await until(isGone, 'nothing is held after a rest')
    arena.trim()
    assert.equal(arena.stats().heldBytes, 0, 'after trim()')
    other.close()
    arena.close()
  }

  // --- what the budget allows

  #sizeOf(width: number): Size | null {
    const shape = toShape({ width, height: width })
    const bytes = shape.byteLength
    const { budget, hugePages, scratch } = this.#options
    const largest = Math.max(budget, ...scratch)
    const whole = Math.ceil(bytes / hugeBytes) * hugeBytes
    const isHuge = hugePages && whole - bytes <= bytes / 6 && whole <= largest
    const unit = isHuge ? hugeBytes : this.#pageBytes
    if (Math.floor(largest / 65_536) * 65_536 < bytes && !isHuge) return null
    const { sizeClass } = this.#ladder.demand(shape)
    const file = this.#ladder.classes[3 * sizeClass] ?? 0
    return { width, bytes, pages: Math.ceil(bytes / unit) * unit, file }
  }

  #inMemory(): Tenancy[] {
    return [...this.#tenancies].filter(({ directory }) => directory === null)
  }

  #used(): number {
    return this.#inMemory().reduce((sum, { size }) => sum + size.pages, 0)
  }

  #onDisk(directory: number): number {
    const there = [...this.#tenancies].filter((each) => each.directory === directory)
    return there.reduce((sum, { size }) => sum + size.file, 0)
  }

  /** Null for memory, else the directory; undefined where the arena must refuse. */
  #placeFor(size: Size): number | null | undefined {
    if (this.#used() + size.pages <= this.#options.budget) return null
    const limits = this.#options.scratch
    const found = limits.findIndex((limit, i) => this.#onDisk(i) + size.file <= limit)
    return found === -1 ? undefined : found
  }

  // --- operations

  #acquire(end: PixelArena, width: number): void {
    const size = this.#sizeOf(width)
    if (size === null) {
      assert.throws(() => end.tryAcquire({ width, height: width }), {
        code: 'ERR_SHAPE_TOO_LARGE',
      })
      return
    }
    const place = this.#line.length > 0 ? undefined : this.#placeFor(size)
    const buffer = end.tryAcquire({ width, height: width })
    if (place !== undefined) {
      assert.ok(buffer !== null, `${size.pages} bytes beside ${this.#used()} are leased`)
      this.#take(buffer, size, place)
    } else {
      assert.equal(buffer, null)
      this.#exhausted++
    }
  }

  #take(buffer: PixelBuffer, size: Size, directory: number | null): void {
    assert.equal(buffer.scratch, directory !== null)
    const color = (this.#colors++ % 250) + 1
    const tenancy = { color, size, directory, handles: 1, pins: 0, escaped: 0, moving: false }
    this.#tenancies.add(tenancy)
    this.#acquires++
    if (this.#options.clear !== 'never') {
      const all = new Uint8Array(buffer.data.buffer)
      assert.equal(firstOther(all, 0), -1, 'a cleared slot shows zeros')
    }
    buffer.data.fill(color)
    this.#hand.push({ buffer, tenancy, pins: 0 })
  }

  #wait(end: PixelArena, width: number): void {
    const size = this.#sizeOf(width)
    if (this.#line.length >= 4 || size === null) return
    const controller = new AbortController()
    const waiting: Waiting = { size, controller, buffer: null, settled: false }
    if (this.#line.length > 0 || this.#placeFor(size) === undefined) this.#exhausted++
    this.#line.push(waiting)
    end.acquireAsync({ width, height: width }, { signal: controller.signal }).then(
      (buffer) => {
        waiting.settled = true
        waiting.buffer = buffer
        assert.equal(controller.signal.aborted, false)
      },
      (reason) => {
        waiting.settled = true
        assert.equal(reason, controller.signal.reason)
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
    const held = this.#look(pick)
    if (held === undefined) return
    const { data } = held.buffer
    this.#giveBack(held)
    assert.equal(data.length, 0, 'a released view is empty')
  }

  #giveBack(held: InHand): void {
    held.buffer.release()
    this.#hand = this.#hand.filter((each) => each !== held)
    this.#releases++
    held.tenancy.handles--
    this.#endIfUnheld(held.tenancy)
  }

  #retain(pick: number): void {
    const held = this.#look(pick)
    if (held === undefined) return
    this.#acquires++
    held.tenancy.handles++
    this.#hand.push({ buffer: held.buffer.retain(), tenancy: held.tenancy, pins: 0 })
  }

  #pin(pick: number): void {
    const held = this.#look(pick)
    if (held === undefined) return
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
    this.#endIfUnheld(pin.held.tenancy)
  }

  #move(pick: number): void {
    const held = this.#look(pick)
    if (held === undefined) return
    const { buffer, tenancy } = held
    if (tenancy.handles > 1 || tenancy.pins > 0 || tenancy.escaped > 0) {
      assert.throws(() => buffer.move(), { code: 'ERR_BUFFER_HELD' })
      return
    }
    this.#moved.push({ token: buffer.move(), tenancy })
    this.#hand = this.#hand.filter((each) => each !== held)
    tenancy.handles--
    tenancy.moving = true
  }

  #adopt(end: PixelArena, pick: number): void {
    const moved = choose(this.#moved, pick)
    if (moved === undefined) return
    const { token, tenancy } = moved
    const buffer = end.adopt(token)
    assert.throws(() => end.adopt(token), { code: 'ERR_LEASE_EXPIRED' })
    this.#moved = this.#moved.filter((each) => each !== moved)
    tenancy.moving = false
    tenancy.handles++
    this.#hand.push({ buffer, tenancy, pins: 0 })
    assert.equal(buffer.scratch, tenancy.directory !== null)
    this.#look(this.#hand.length - 1)
  }

  #trim(end: PixelArena): void {
    const before = end.stats()
    end.trim()
    const after = end.stats()
    assert.ok(after.heldBytes <= before.heldBytes)
    if (this.#tenancies.size === 0) assert.equal(after.heldBytes, 0)
  }

  /** The user transfers the memory of a buffer away and keeps it. */
  #escape(pick: number): void {
    const held = this.#look(pick)
    if (held === undefined || !canTransfer) return
    held.tenancy.escaped++
    this.#taken.push({ memory: held.buffer.data.buffer.transfer(), tenancy: held.tenancy })
    this.#giveBack(held)
  }

  /** Every handle of a tenancy shows its colour, whatever became of others' memory. */
  #look(pick: number): InHand | undefined {
    for (const { memory, tenancy } of this.#taken) {
      const bytes = new Uint8Array(memory, 0, tenancy.size.bytes)
      assert.equal(firstOther(bytes, tenancy.color), -1, 'moved memory stays its own')
    }
    const held = choose(this.#hand, pick)
    if (held === undefined) return undefined
    const { data } = held.buffer
    assert.equal(data.length, held.tenancy.size.bytes)
    assert.equal(firstOther(data, held.tenancy.color), -1, 'a buffer keeps its pixels')
    return held
  }

  async #forget(pick: number): Promise<void> {
    this.#drop(pick)
    const came = await collectUntil(() => this.#ends[0].stats().leaked === this.#leaked)
    assert.ok(came, 'a forgotten buffer comes back')
  }

  /** A pin in flight holds its buffer, so only another one can be forgotten. */
  #drop(pick: number): void {
    const held = choose(this.#hand, pick)
    if (held === undefined || held.pins > 0) return
    this.#hand = this.#hand.filter((each) => each !== held)
    this.#leaked++
    held.tenancy.handles--
    this.#endIfUnheld(held.tenancy)
  }

  async #dropTaken(): Promise<void> {
    this.#dropQuarantined()
    const { quarantined } = this.#expected()
    const came = await collectUntil(() => this.#ends[0].stats().quarantined === quarantined)
    assert.ok(came, 'memory in quarantine comes back when nobody can reach it')
  }

  /** Not in an async function: what its frame once held, it might hold on to. */
  #dropQuarantined(): void {
    const inQuarantine = ({ tenancy }: { readonly tenancy: Tenancy }): boolean =>
      tenancy.handles + tenancy.pins === 0
    const dropped = this.#taken.filter(inQuarantine)
    this.#taken = this.#taken.filter((each) => !inQuarantine(each))
    for (const { tenancy } of dropped) {
      tenancy.escaped--
      this.#endIfUnheld(tenancy)
    }
  }

  #endIfUnheld(tenancy: Tenancy): void {
    const { handles, pins, escaped, moving } = tenancy
    if (handles + pins + escaped === 0 && !moving) this.#tenancies.delete(tenancy)
  }

  /** All whose turn has come have their buffers, and what went from a disk is back. */
  async #settle(): Promise<void> {
    await null
    for (let first = this.#line[0]; first !== undefined; first = this.#line[0]) {
      const waiting = first
      const place = this.#placeFor(waiting.size)
      if (place === undefined) break
      await until(() => waiting.settled, 'whose turn it is is served')
      this.#line.shift()
      assert.ok(waiting.buffer !== null)
      this.#take(waiting.buffer, waiting.size, place)
    }
    for (const { settled } of this.#line) assert.equal(settled, false, 'nobody is served early')
    const files = this.#options.scratch.map((_, i) => this.#onDisk(i))
    const there = files.reduce((sum, bytes) => sum + bytes, 0)
    await until(() => this.#ends[0].stats().scratchBytes === there, 'files go')
  }

  #expected(): Partial<ArenaStats> {
    const all = [...this.#tenancies]
    const leased = all.filter(({ handles, moving }) => handles > 0 || moving).length
    const pinned = all.filter((each) => !each.moving && each.handles === 0 && each.pins > 0).length
    const leasedBytes = this.#inMemory().reduce((sum, { size }) => sum + size.bytes, 0)
    return {
      leased,
      pinned,
      quarantined: all.length - leased - pinned,
      waiting: this.#line.length,
      acquires: this.#acquires,
      releases: this.#releases,
      leaked: this.#leaked,
      exhausted: this.#exhausted,
      leasedBytes,
      wastedBytes: this.#used() - leasedBytes,
      scratchSlots: all.length - this.#inMemory().length,
    }
  }

  #compare(): void {
    const [stats, others] = this.#ends.map(checkArena)
    assert.ok(stats !== undefined && others !== undefined)
    for (const [name, value] of Object.entries(this.#expected())) {
      assert.equal(Reflect.get(stats, name), value, name)
    }
    const { leasedBytes, wastedBytes, idleBytes, heldBytes } = stats
    assert.equal(leasedBytes + wastedBytes + idleBytes, heldBytes)
    const limits = this.#options.scratch.reduce((sum, limit) => sum + limit, 0)
    assert.ok(stats.peakScratchBytes <= limits)
    assert.equal(others.leasedBytes, leasedBytes)
  }
}

/** Where a sample is not the colour; -1 where all are. */
function firstOther(samples: ArrayBufferView, color: number): number {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  if (bytes.equals(Buffer.alloc(bytes.length, color))) return -1
  return bytes.findIndex((sample) => sample !== color)
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + patienceMs
  while (!condition()) {
    assert.ok(performance.now() < end, what)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
