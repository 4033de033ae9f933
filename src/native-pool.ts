import type { NativeMemory } from './native-codec.js'

/** What a new pool is made of, in bytes and flags: the addon knows no pixels. */
export interface NativePoolOptions {
  /** Of each size, one after the other: bytes, how many slots, and 1 for huge pages, else 0. */
  readonly classes: readonly number[]
  /** Bytes that all slots together may hold; null for no limit but their size. */
  readonly budget: number | null
  /** Where slots go beyond that, and how many bytes there. */
  readonly scratchDirectories: readonly string[]
  readonly scratchLimits: readonly number[]
  /** How long a slot must not have been needed; null for trim() alone. */
  readonly idleAfterMs: number | null
  readonly idleKeep: number
  /** Whether a slot reads as zero when it is leased, and whether that is done ahead. */
  readonly clear: boolean
  readonly clearOnRelease: boolean
  readonly fillOnRelease: number | null
  readonly coldestFirst: boolean
  /** Whether no view outlives its tenancy. */
  readonly revoke: boolean
  /** Whether this thread can use a wrap for one tenancy after another. */
  readonly keepsWraps: boolean
  readonly logLeaks: boolean
  /** What start() answered: who is told of memory that came back. */
  readonly bell: number
}

export interface NativeStats {
  readonly slots: number
  readonly free: number
  readonly leased: number
  readonly pinned: number
  readonly quarantined: number
  /** In all threads. */
  readonly waiting: number
  readonly budgetBytes: number
  readonly heldBytes: number
  readonly peakHeldBytes: number
  readonly usedBytes: number
  readonly askedBytes: number
  readonly scratchSlots: number
  readonly scratchBytes: number
  readonly peakScratchBytes: number
  readonly reservedBytes: number
  readonly residentBytes: number
  readonly peakLeased: number
  readonly acquires: number
  readonly releases: number
  readonly exhausted: number
  readonly leaked: number
  readonly trimmedBytes: number
  readonly regrownBytes: number
  readonly trimmingMs: number
}

export interface NativeDemands {
  /** The most that was wanted at once. */
  readonly peakBytes: number
  /** Of each size: tenancies, bytes of the largest one, the most slots wanted at once. */
  readonly sizes: readonly number[]
}

/** Why a slot was not leased. */
export type NativeRefusal = 'exhausted' | 'scratch full' | 'out of memory' | 'closed'

/**
 * One pool's functions. A lease is named by its slot and generation, a handle on it by its wrap.
 * Functions that answer a boolean answer false when what they were given has ended.
 */
export interface NativePool {
  /** Of the last call that leased or retained: to be read at once. In truth a Float64Array. */
  readonly answer: readonly [
    slot: number,
    generation: number,
    wrap: number,
    ticket: number,
    bytes: number, // that the tenant may touch, whole pages
  ]
  /** As in the options. */
  readonly classes: readonly number[]
  /** A new wrap of the slot leased, or null: then this thread keeps one for it. */
  acquire(sizeClass?: number, bytes?: number): ArrayBuffer | null | NativeRefusal | 'unsupported'
  retain(slot: number, generation: number): ArrayBuffer | 'stale' | 'unsupported'
  /** True when this thread is to keep the wrap for the slot's next tenancy. */
  release(slot: number, generation: number, wrap: number): boolean
  escape(slot: number, generation: number, wrap: number): boolean
  pin(slot: number, generation: number): boolean
  unpin(slot: number, generation: number): boolean
  job(slot: number, generation: number): NativeMemory | 'stale'
  /** A place in the line of all threads: its ticket. */
  wait(sizeClass?: number, bytes?: number): number | 'closed'
  /** Gives up the place, or the slot that was granted and not taken yet. */
  stopWaiting(ticket: number): void
  /** As acquire(), for the one whose ticket is in the answer. */
  takeGrant(): ArrayBuffer | null | 'none' | 'out of memory' | 'unsupported'
  /**
   * Of one who waits: whether anybody was served since the last time. If not, all others are rung,
   * who may have forgotten buffers, and the answer is whether anything but this thread's buffers
   * holds a slot and may let go of it.
   */
  search(): 'served' | 'held' | 'none'
  /** Whether this member was rung for that; once. */
  takeAsked(): boolean
  mayMove(slot: number, generation: number, wrap: number): null | 'held' | 'closed'
  /**
   * Ends a handle that may move and leaves its lease to the pool. True when this thread is to keep
   * the wrap.
   */
  move(slot: number, generation: number, wrap: number, key: string, expiresMs: number): boolean
  /** As acquire(). */
  adopt(key: string): ArrayBuffer | null | 'stale' | 'closed' | 'unsupported'
  /** Takes back what nobody adopted in time; true when there was any. */
  expire(): boolean
  /** From now on other threads may attach by this key. */
  share(key: string): void
  takeLeaked(): number[]
  trim(): number
  /** Trims what was not needed lately. Milliseconds of a clock that all threads share. */
  trimIdle(nowMs: number): number
  close(): void
  stats(): NativeStats
  demands(): NativeDemands
  /** Of a slot that is leased here. */
  isInScratch(slot: number): boolean
  /** The directory that was found full last. */
  fullScratch(): string
}
