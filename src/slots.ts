import { closed, unsupported } from './errors.js'
import { Handle } from './handle.js'
import { Leaks } from './leaks.js'
import { Memory } from './memory.js'
import type { NativeMemory } from './native-codec.js'
import type { NativePool, NativeRefusal } from './native-pool.js'
import { type Hope, nudge } from './search.js'

/** The slot that somebody needs, where not all are alike. */
export interface Demand {
  readonly sizeClass: number
  readonly bytes: number
}

/** A slot that came to somebody who waited, or why this thread cannot see it. */
export interface Grant {
  readonly ticket: number
  readonly handle: Handle | 'escaped' | 'out of memory' | 'unsupported'
}

/** What a thread knows of a pool beside its slots. */
export interface SlotsOptions {
  readonly revokes: boolean
  readonly leaks: 'count' | 'trace'
  /** Milliseconds after which idle memory goes back; null for never. */
  readonly idleAfter: number | null
}

/**
 * The slots of one pool as this thread sees them: the native pool, and a handle kept for each free
 * slot that was used here before.
 *
 * The ArrayBuffer of a free slot is held here and by nobody else; the one of a leased slot by its
 * buffer and views and not here. So when the engine finds that one unreachable, nobody has it, and
 * the slot comes back by itself.
 */
export class Slots {
  /** Called when a slot may have come to somebody; set, as the next, since somebody first waited. */
  granted: (() => void) | null = null
  letGo: (() => void) | null = null // called when this thread ended a handle or a pin
  readonly leaks: Leaks | null
  readonly memory: Memory
  readonly idleAfter: number | null // ms
  readonly #native: NativePool
  readonly #answer: NativePool['answer']
  readonly revokes: boolean
  readonly classes: NativePool['classes']
  readonly #kept: (Handle | undefined)[] // by slot

  constructor(pool: NativePool, { revokes, leaks, idleAfter }: SlotsOptions) {
    this.leaks = leaks === 'trace' ? new Leaks() : null
    this.idleAfter = idleAfter
    this.#native = { ...pool } // V8 made a slow dictionary of so many functions
    this.#answer = pool.answer
    this.memory = new Memory(this.#native)
    this.revokes = revokes
    this.classes = pool.classes
    this.#kept = new Array<Handle | undefined>(countOf(pool)).fill(undefined)
  }

  /** The place in the user's code that is running now, where leaks are traced. */
  here(): string | undefined {
    return this.leaks === null ? undefined : Leaks.here()
  }

  /** @throws {PoolError} `ERR_UNSUPPORTED_RUNTIME` */
  acquire(site?: string, demand?: Demand): Handle | NativeRefusal {
    for (;;) {
      const memory =
        demand === undefined
          ? this.#native.acquire()
          : this.#native.acquire(demand.sizeClass, demand.bytes)
      if (memory === 'unsupported') throw unsupported()
      if (typeof memory === 'string') return memory
      const handle = this.#take(memory)
      if (handle === null) continue
      if (site !== undefined) this.leaks?.begin(handle.wrap, site)
      return handle
    }
  }

  /** A place in the line of all threads. @throws {PoolError} `ERR_POOL_CLOSED` */
  wait(demand?: Demand): number {
    const ticket =
      demand === undefined ? this.#native.wait() : this.#native.wait(demand.sizeClass, demand.bytes)
    if (ticket === 'closed') throw closed()
    return ticket
  }

  /** Gives up a place, or the slot that was granted and not taken. */
  stopWaiting(ticket: number): void {
    this.#native.stopWaiting(ticket)
  }

  /** What has come to somebody of this thread, or null. */
  takeGrant(): Grant | null {
    const memory = this.#native.takeGrant()
    if (memory === 'none') return null
    const ticket = this.#answer[3]
    if (typeof memory === 'string') return { ticket, handle: memory }
    return { ticket, handle: this.#take(memory) ?? 'escaped' }
  }

  /** Whether anybody was served lately; if not, all threads look for forgotten buffers. */
  search(): Hope {
    this.#native.expire()
    return this.#native.search()
  }

  /** @throws {PoolError} `ERR_UNSUPPORTED_RUNTIME` */
  retain({ slot, generation }: Handle, site?: string): Handle {
    const memory = this.#native.retain(slot, generation)
    if (typeof memory === 'string') throw unsupported()
    const wrap = this.#answer[2]
    const handle = new Handle(slot, wrap, memory, this.revokes)
    handle.generation = generation
    if (site !== undefined) this.leaks?.begin(wrap, site)
    return handle
  }

  /**
   * Ends a handle: its views first, so that nobody sees the next tenancy, then its claim. Memory
   * that the user took away stays in quarantine until nobody can reach it.
   */
  release(handle: Handle): void {
    const { slot, generation, wrap } = handle
    const isOurs = handle.memory.byteLength > 0 && (!this.revokes || handle.revoke())
    if (!isOurs) this.#native.escape(slot, generation, wrap)
    else if (this.#native.release(slot, generation, wrap)) this.#kept[slot] = handle
    else if (this.revokes) handle.drop()
    this.leaks?.end(wrap)
    this.letGo?.()
  }

  /**
   * Ends a handle, views first, and leaves its lease to the pool for whoever knows the key: null.
   * Else what is in the way (something else holds the slot, or the views stay), and all is as
   * before.
   */
  move(handle: Handle, key: string, expiresMs: number): null | 'held' | 'closed' | 'kept' {
    const { slot, generation, wrap } = handle
    const hindrance = this.#native.mayMove(slot, generation, wrap)
    if (hindrance !== null) return hindrance
    if (!this.revokes || !handle.revoke()) return 'kept'
    if (this.#native.move(slot, generation, wrap, key, expiresMs)) this.#kept[slot] = handle
    else handle.drop()
    this.leaks?.end(wrap)
    this.letGo?.()
    return null
  }

  /**
   * Null when nothing was moved under this key, or is not there any more; 'smaller' when it has not
   * so many bytes: then it is released.
   *
   * @throws {PoolError} `ERR_POOL_CLOSED`, `ERR_UNSUPPORTED_RUNTIME`
   */
  adopt(key: string, bytes: number, site?: string): Handle | 'smaller' | null {
    const memory = this.#native.adopt(key)
    if (memory === 'stale') return null
    if (memory === 'closed') throw closed()
    if (memory === 'unsupported') throw unsupported()
    const has = this.#answer[4]
    const handle = this.#take(memory)
    if (handle !== null && site !== undefined) this.leaks?.begin(handle.wrap, site)
    if (handle === null || bytes <= has) return handle
    this.release(handle)
    return 'smaller'
  }

  pin({ slot, generation }: Handle): void {
    this.#native.pin(slot, generation)
  }

  unpin({ slot, generation }: Handle): void {
    this.#native.unpin(slot, generation)
    this.letGo?.()
  }

  /** The slot's memory for one native job. When the job's end frees the slot, the bell rings. */
  job({ slot, generation }: Handle): NativeMemory {
    const memory = this.#native.job(slot, generation)
    if (memory === 'stale') throw new Error(`slot ${slot} was lent after its lease had ended`)
    return memory
  }

  /** From now on other threads may attach by this key. */
  share(key: string): void {
    this.#native.share(key)
  }

  close(): void {
    this.memory.closed = true
    this.#native.close()
    for (const handle of this.#kept) if (this.revokes) handle?.drop()
    this.#kept.length = 0
  }

  /** Something came back, or came to somebody, or somebody waits for what is forgotten here. */
  onRing(): void {
    this.leaks?.tell(this.#native.takeLeaked())
    this.granted?.()
    if (this.#native.takeAsked()) nudge()
  }

  /** The handle of a lease that has begun; null when its memory is gone, which ends the lease. */
  #take(memory: ArrayBuffer | null): Handle | null {
    const slot = this.#answer[0]
    const generation = this.#answer[1]
    const wrap = this.#answer[2]
    const kept = this.#kept[slot]
    // Now, before anything that can fail: a leased slot's memory that is held here is never found.
    this.#kept[slot] = undefined
    const handle = memory === null ? kept : new Handle(slot, wrap, memory, this.revokes)
    if (handle === undefined) throw new Error(`slot ${slot} was leased without its memory`)
    handle.generation = generation
    if (this.revokes || handle.memory.byteLength > 0) return handle
    this.#native.escape(slot, generation, wrap) // by a view of an earlier tenancy
    return null
  }
}

/** The number of slots, of all sizes. */
function countOf({ classes }: NativePool): number {
  return classes.filter((_, i) => i % 3 === 1).reduce((sum, count) => sum + count, 0)
}
