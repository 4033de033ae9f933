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
  /** Of that, what is in memory: an upper estimate (the kernel's shared zero page counts). */
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
  /** Bytes given back to the system by trimming, in all. */
  trimmedBytes: number
}
