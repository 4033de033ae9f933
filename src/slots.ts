import { PoolError } from './errors.js'
import { Handle } from './handle.js'
import { Leaks } from './leaks.js'
import { type NativePool, type NativePoolOptions, type NativeStats, native } from './native.js'
import type { NativeMemory } from './native-codec.js'
import { canTransfer, revoke } from './revoke.js'

export interface SlotsOptions extends Omit<NativePoolOptions, 'bell' | 'keepsWraps' | 'logLeaks'> {
  readonly trace: boolean
}

/**
 * The slots of one pool as this thread sees them: the native pool, and a handle kept for each free
 * slot that was used before.
 *
 * The ArrayBuffer of a free slot is held here and by nobody else; the one of a leased slot by its
 * buffer and views and not here. So when the engine finds that one unreachable, nobody has it, and
 * the slot comes back by itself.
 */
export class Slots {
  /** Called when a slot may have become free; set since somebody first waited for one. */
  freed: (() => void) | null = null
  readonly leaks: Leaks | null
  readonly #native: NativePool
  readonly #answer: NativePool['answer']
  readonly #revokes: boolean
  #kept: (Handle | undefined)[] // by slot

  /** @throws {PoolError} `ERR_UNSUPPORTED_RUNTIME`, `ERR_OUT_OF_MEMORY` */
  constructor(options: SlotsOptions) {
    if (!native.canWrap()) throw unsupported()
    const pool = native.createPool({
      ...options,
      bell: listen(),
      keepsWraps: canTransfer || !options.revoke,
      logLeaks: options.trace,
    })
    if (pool === 'out of memory') {
      const bytes = options.slots * options.slotBytes
      throw new PoolError(
        'ERR_OUT_OF_MEMORY',
        `the system refuses ${bytes} bytes for ${options.slots} slots; make the pool smaller`,
      )
    }
    this.leaks = options.trace ? new Leaks() : null
    this.#native = pool
    this.#answer = pool.answer
    this.#revokes = options.revoke
    this.#kept = new Array<Handle | undefined>(options.slots).fill(undefined)
    for (const each of everySlots) if (each.deref() === undefined) everySlots.delete(each)
    everySlots.add(new WeakRef(this))
  }

  /** The place in the user's code that is running now, where leaks are traced. */
  here(): string | undefined {
    return this.leaks === null ? undefined : Leaks.here()
  }

  /** @throws {PoolError} `ERR_UNSUPPORTED_RUNTIME` */
  acquire(site?: string): Handle | 'exhausted' | 'closed' {
    for (;;) {
      const memory = this.#native.acquire()
      if (memory === 'unsupported') throw unsupported()
      if (typeof memory === 'string') return memory
      const slot = this.#answer[0]
      const generation = this.#answer[1]
      const wrap = this.#answer[2]
      const kept = this.#kept[slot]
      // Now, before anything that can fail: a leased slot's memory that is held here is never found.
      this.#kept[slot] = undefined
      const handle = memory === null ? kept : new Handle(slot, wrap, this.#fresh(memory))
      if (handle === undefined) throw new Error(`slot ${slot} was leased without its memory`)
      handle.generation = generation
      if (this.#revokes || handle.memory.byteLength > 0) {
        if (site !== undefined) this.leaks?.begin(wrap, site)
        return handle
      }
      // A view of an earlier tenancy was transferred while the slot was free: try another one.
      this.#native.escape(slot, generation, wrap)
    }
  }

  /** @throws {PoolError} `ERR_UNSUPPORTED_RUNTIME` */
  retain({ slot, generation }: Handle, site?: string): Handle {
    const memory = this.#native.retain(slot, generation)
    if (typeof memory === 'string') throw unsupported()
    const wrap = this.#answer[2]
    const handle = new Handle(slot, wrap, this.#fresh(memory))
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
    if (!this.#takeBack(handle)) this.#native.escape(slot, generation, wrap)
    else if (this.#native.release(slot, generation, wrap)) this.#kept[slot] = handle
    else this.#drop(handle)
    this.leaks?.end(wrap)
    this.freed?.()
  }

  pin({ slot, generation }: Handle): void {
    this.#native.pin(slot, generation)
  }

  unpin({ slot, generation }: Handle): void {
    this.#native.unpin(slot, generation)
    this.freed?.()
  }

  /** The slot's memory for one native job. When the job's end frees the slot, the bell rings. */
  job({ slot, generation }: Handle): NativeMemory {
    const memory = this.#native.job(slot, generation)
    if (memory === 'stale') throw new Error(`slot ${slot} was lent after its lease had ended`)
    return memory
  }

  trim(): number {
    return this.#native.trim()
  }

  close(): void {
    this.#native.close()
    for (const handle of this.#kept) if (handle !== undefined) this.#drop(handle)
    this.#kept = []
  }

  stats(): NativeStats {
    return this.#native.stats()
  }

  /** Memory came back by itself, here or in another pool of this thread. */
  onRing(): void {
    this.leaks?.tell(this.#native.takeLeaked())
    this.freed?.()
  }

  /** The first tenancy sees a transferred ArrayBuffer as every later one does. */
  #fresh(memory: ArrayBuffer): ArrayBuffer {
    return this.#revokes && canTransfer ? (revoke(memory) ?? memory) : memory
  }

  /** False when the memory is out of our hands. */
  #takeBack(handle: Handle): boolean {
    if (handle.memory.byteLength === 0) return false // the user transferred it away
    if (!this.#revokes) return true
    try {
      const memory = revoke(handle.memory)
      if (memory !== null) handle.memory = memory
      return true
    } catch {
      return false // the user marked it as untransferable: its views stay alive
    }
  }

  #drop({ memory }: Handle): void {
    if (this.#revokes && memory.byteLength > 0) native.detach(memory)
  }
}

function unsupported(): PoolError {
  return new PoolError(
    'ERR_UNSUPPORTED_RUNTIME',
    'this runtime forbids external ArrayBuffers (Electron does); use plain buffers here',
  )
}

/** Bun and Deno say here that they are not Node. */
const endsByFinalizers = !('bun' in process.versions || 'deno' in process.versions)
const everySlots: Set<WeakRef<Slots>> = new Set()
let bell: number | undefined

/** This thread's one ear for memory that came back. */
function listen(): number {
  bell ??= native.start(() => {
    for (const each of everySlots) each.deref()?.onRing()
  }, endsByFinalizers)
  return bell
}
