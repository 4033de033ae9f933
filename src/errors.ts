/** What can go wrong, for programs. The code is the contract; the text of a message may change. */
export type PoolErrorCode =
  | 'ERR_INVALID_ARGUMENT'
  | 'ERR_SHAPE_TOO_LARGE'
  | 'ERR_POOL_EXHAUSTED'
  | 'ERR_POOL_CLOSED'
  | 'ERR_BUFFER_RELEASED'
  | 'ERR_BUFFER_ESCAPED'
  | 'ERR_ACQUIRE_TIMEOUT'
  | 'ERR_OUT_OF_MEMORY'
  | 'ERR_UNSUPPORTED_RUNTIME'
  | 'ERR_UNSUPPORTED_IMAGE'
  | 'ERR_IMAGE_UNREADABLE'
  | 'ERR_IMAGE_CORRUPT'
  | 'ERR_IMAGE_TOO_LARGE'
  | 'ERR_STRIP_PENDING'
  | 'ERR_BUFFER_HELD'
  | 'ERR_LEASE_EXPIRED'
  | 'ERR_FRAME_TRUNCATED'
  | 'ERR_SCRATCH_FULL'
  | 'ERR_SCRATCH_UNSUPPORTED'

/** Every error that pixelpool throws or rejects with, an aborted wait's own reason excepted. */
export class PoolError extends Error {
  readonly code: PoolErrorCode

  constructor(code: PoolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PoolError'
    this.code = code
  }
}

/** The error for an argument that is not what it must be: `width must be an integer >= 1, got 0`. */
export function argumentError(name: string, condition: string, value: unknown): PoolError {
  return new PoolError('ERR_INVALID_ARGUMENT', `${name} must be ${condition}, got ${show(value)}`)
}

export function unsupported(): PoolError {
  return new PoolError(
    'ERR_UNSUPPORTED_RUNTIME',
    'this runtime forbids external ArrayBuffers (Electron does); use plain buffers here',
  )
}

/** The error for memory that was promised and is not there. */
export function outOfMemory(): PoolError {
  return new PoolError(
    'ERR_OUT_OF_MEMORY',
    'the system refuses the memory of a slot; make the budget smaller or raise its limits',
  )
}

/** The error for what was called in time and came too late. */
export function closed(): PoolError {
  return new PoolError('ERR_POOL_CLOSED', 'the pool was closed meanwhile; make a new one')
}

export function released(what: string): PoolError {
  return new PoolError(
    'ERR_BUFFER_RELEASED',
    `${what} after release() or move(); acquire a new buffer`,
  )
}

export function releasedTwice(): PoolError {
  return new PoolError(
    'ERR_BUFFER_RELEASED',
    'release() was called after release() or move(); a buffer ends once',
  )
}

export function escaped(): PoolError {
  return new PoolError(
    'ERR_BUFFER_ESCAPED',
    "the buffer's memory was transferred away; release() it and acquire a new one",
  )
}

const hindrances = {
  closed: ['ERR_POOL_CLOSED', 'its pool is closed in all threads; release() it'],
  held: ['ERR_BUFFER_HELD', 'its memory has other buffers, pins or jobs; end those first'],
  kept: ['ERR_BUFFER_HELD', 'its views stay, by markAsUntransferable() or revoke: false; copy it'],
} as const

export function unmoved(hindrance: keyof typeof hindrances): PoolError {
  const [code, why] = hindrances[hindrance]
  return new PoolError(code, `a buffer was not moved: ${why}`)
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return value.toString()
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
