import type { NativeStats } from './native-pool.js'

/** Plain numbers. At any instant `free + leased + pinned + quarantined === slots`. */
export interface PoolStats {
  slots: number
  free: number
  leased: number
  /** Released slots that a pin still holds. */
  pinned: number
  /** Released slots whose ArrayBuffer was transferred away and can still be reached. */
  quarantined: number
  /** Callers, in all threads, that wait for a slot. */
  waiting: number
  /** What a buffer can hold. */
  slotBytes: number
  /** Address space taken. */
  reservedBytes: number
  /**
   * Of that, what is in memory: an upper estimate (the kernel's shared zero page counts). Asked last,
   * so that it may tell of leases later than the other numbers do.
   */
  residentBytes: number
  /** Leased slots times slotBytes. */
  leasedBytes: number
  /** The most slots leased at once. */
  peakLeased: number
  /** Buffers handed out, by acquiring and by `retain()`. */
  acquires: number
  /** Buffers given back. acquires - releases - leaked is how many are in hand. */
  releases: number
  /** How often somebody asked and no slot was free for him. */
  exhausted: number
  /** Buffers collected without release. */
  leaked: number
  /** Bytes given back to the system, in all. */
  trimmedBytes: number
  /** Of those, bytes that were needed again: each costs its page fault once more. */
  regrownBytes: number
  /** Milliseconds that giving back has taken. */
  trimmingMs: number
}

/**
 * What an arena tells. At any instant `leasedBytes + wastedBytes + idleBytes === heldBytes`, and
 * `heldBytes <= budgetBytes`. Slots are addresses: there are far more than can be leased at once.
 */
export interface ArenaStats extends Omit<PoolStats, 'slotBytes'> {
  budgetBytes: number
  /** What slots may have in memory: the whole pages that tenants could touch. */
  heldBytes: number
  peakHeldBytes: number
  /** Bytes of the shapes that are leased, pinned and quarantined, but for those on disk. */
  leasedBytes: number
  /** What whole pages add to them. */
  wastedBytes: number
  /** What earlier tenants have left. It is given back before anybody waits. */
  idleBytes: number
  /** Slots whose pixels are in a scratch directory. */
  scratchSlots: number
  /** Disk space taken for them. */
  scratchBytes: number
  peakScratchBytes: number
}

export function toPoolStats(
  {
    budgetBytes: _budget,
    heldBytes: _held,
    peakHeldBytes: _peakHeld,
    usedBytes: _used,
    askedBytes: _asked,
    scratchSlots: _scratchSlots,
    scratchBytes: _scratch,
    peakScratchBytes: _peakScratch,
    ...now
  }: NativeStats,
  slotBytes: number,
): PoolStats {
  return { ...now, slotBytes, leasedBytes: now.leased * slotBytes }
}

export function toArenaStats({ usedBytes, askedBytes, ...now }: NativeStats): ArenaStats {
  return {
    ...now,
    leasedBytes: askedBytes,
    wastedBytes: usedBytes - askedBytes,
    idleBytes: now.heldBytes - usedBytes,
  }
}
