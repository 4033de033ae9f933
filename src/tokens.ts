import { randomFillSync } from 'node:crypto'
import { argumentError } from './errors.js'
import { type Depth, type Shape, toShape } from './shape.js'

/**
 * Names a pool for other threads of this process: plain data, for `workerData` and `postMessage()`.
 * It means something only while the pool is open somewhere.
 */
export interface PoolToken<D extends Depth = Depth> extends ShareToken {
  readonly pixelpool: 'pool'
  readonly shape: Shape<D> | null
}

/** The same for an arena. */
export interface ArenaToken extends ShareToken {
  readonly pixelpool: 'arena'
}

/** What tokens of pools and arenas have in common. */
export interface ShareToken {
  /** 128 random bits, as hex digits. Who knows them can see the pixels. */
  readonly key: string
  readonly leaks: 'count' | 'trace'
  /** Milliseconds after which idle memory goes back; null for never. */
  readonly idleAfter: number | null
}

/** Names a buffer that was moved: whoever adopts it first has it. Plain data, as a PoolToken. */
export interface BufferToken<D extends Depth = Depth> {
  readonly pixelpool: 'buffer'
  /** 128 random bits, as hex digits. */
  readonly key: string
  readonly shape: Shape<D>
}

export interface MoveOptions {
  /** Milliseconds until the pool takes the buffer back if nobody has adopted it. Default 30,000. */
  readonly expires?: number | undefined
}

const expiresDefault = 30_000
const expiresMax = 86_400_000 // ms, a day

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
export function toExpires(options: MoveOptions): number {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with expires', options)
  }
  const { expires = expiresDefault } = options
  if (typeof expires === 'number' && 0 <= expires && expires <= expiresMax) return expires
  throw argumentError('expires', `a number of ms between 0 and ${expiresMax}`, expires)
}

const keyBytes = 16
/** Drawn many keys at a time: a call for each costs more than the rest of a move. */
const drawn = Buffer.alloc(256 * keyBytes)
let used = drawn.length

export function newKey(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += keyBytes
  return drawn.toString('hex', used - keyBytes, used)
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` when it is not one of `share()` */
export function readPoolToken<D extends Depth>(token: PoolToken<D>): PoolToken<D> {
  const { key, shape, leaks, idleAfter } = read('pool', 'share()', token)
  checkShare(token)
  const own = shape === null ? null : toShape(shape)
  return { pixelpool: 'pool', key, shape: own, leaks, idleAfter }
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` when it is not one of an arena's `share()` */
export function readArenaToken(token: ArenaToken): ArenaToken {
  const { key, leaks, idleAfter } = read('arena', 'share()', token)
  checkShare(token)
  return { pixelpool: 'arena', key, leaks, idleAfter }
}

function checkShare(token: ShareToken): void {
  const { leaks, idleAfter } = token
  const isTime = idleAfter === null || (typeof idleAfter === 'number' && idleAfter > 0)
  if (!isTime || (leaks !== 'count' && leaks !== 'trace')) throw forged('share()', token)
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` when it is not one of `move()` */
export function readBufferToken<D extends Depth>(token: BufferToken<D>): BufferToken<D> {
  const { key, shape } = read('buffer', 'move()', token)
  return { pixelpool: 'buffer', key, shape: toShape(shape) }
}

function read<T extends { pixelpool: string; key: string }>(
  what: T['pixelpool'],
  source: string,
  token: T,
): T {
  const isOne =
    typeof token === 'object' &&
    token !== null &&
    token.pixelpool === what &&
    typeof token.key === 'string' &&
    /^[0-9a-f]{32}$/.test(token.key)
  if (!isOne) throw forged(source, token)
  return token
}

function forged(source: string, token: unknown): Error {
  return argumentError('token', `what ${source} gave`, token)
}
