import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PoolError } from './errors.js'
import type { NativeCodec, NativeMemory, NativeNoCodec } from './native-codec.js'

/** What a new pool is made of, in bytes and flags: the addon knows no pixels. */
export interface NativePoolOptions {
  readonly slots: number
  readonly slotBytes: number
  readonly hugePages: boolean
  readonly clearOnAcquire: boolean
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
  readonly slotBytes: number
  readonly reservedBytes: number
  readonly residentBytes: number
  readonly peakLeased: number
  readonly acquires: number
  readonly releases: number
  readonly exhausted: number
  readonly leaked: number
  readonly trimmedBytes: number
}

/**
 * One pool's functions. A lease is named by its slot and generation, a handle on it by its wrap.
 * Functions that answer a boolean answer false when what they were given has ended.
 */
export interface NativePool {
  /** Of the last call that leased or retained: to be read at once. In truth a Float64Array. */
  readonly answer: readonly [slot: number, generation: number, wrap: number, ticket: number]
  readonly slots: number
  readonly slotBytes: number
  /** A new wrap of the slot leased, or null: then this thread keeps one for it. */
  acquire(): ArrayBuffer | null | 'exhausted' | 'closed' | 'unsupported'
  retain(slot: number, generation: number): ArrayBuffer | 'stale' | 'unsupported'
  /** True when this thread is to keep the wrap for the slot's next tenancy. */
  release(slot: number, generation: number, wrap: number): boolean
  escape(slot: number, generation: number, wrap: number): boolean
  pin(slot: number, generation: number): boolean
  unpin(slot: number, generation: number): boolean
  job(slot: number, generation: number): NativeMemory | 'stale'
  /** A place in the line of all threads: its ticket. */
  wait(): number | 'closed'
  /** Gives up the place, or the slot that was granted and not taken yet. */
  stopWaiting(ticket: number): void
  /** As acquire(), for the one whose ticket is in the answer. */
  takeGrant(): ArrayBuffer | null | 'none' | 'unsupported'
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
  close(): void
  stats(): NativeStats
}

interface Addon {
  /** A new membership of a shared pool. */
  attach(key: string, keepsWraps: boolean, bell: number): NativePool | 'closed'
  canWrap(): boolean
  createPool(options: NativePoolOptions): NativePool | 'out of memory'
  /** Makes every view of the memory empty. */
  detach(memory: ArrayBuffer): void
  /** Every libvips in this process. */
  loadedLibvips(): { readonly file: string; readonly version: string }[]
  findCodec(file: string): NativeCodec | NativeNoCodec
  /** Lets malloc know that blocks of this size come and go in this process. */
  tellMalloc(bytes: number): void
  /** Asks the engine to collect garbage soon. */
  nudge(): void
  /**
   * Once in a thread, before its first pool. The listener is called when forgotten memory came
   * back; the flag says whether the thread's end finalizes all external ArrayBuffers before any
   * cleanup hook, as in Node. Answers the number of the bell for createPool().
   */
  start(onRing: () => void, endsByFinalizers: boolean): number
}

export const native: Addon = load()

/**
 * The addon that was compiled here, else the prebuilt one of this platform. Every path is spelled
 * out, so that a bundler can see it.
 */
function load(): Addon {
  const require = createRequire(import.meta.url)
  const platform = `${process.platform}-${process.arch}`
  const tries: (() => unknown)[] = [() => require('../../build/Release/pixelpool.node')]
  switch (platform) {
    case 'linux-x64':
      if (isMusl()) tries.push(() => require('../../prebuilds/linux-x64/pixelpool.musl.node'))
      else tries.push(() => require('../../prebuilds/linux-x64/pixelpool.glibc.node'))
      break
    case 'linux-arm64':
      if (isMusl()) tries.push(() => require('../../prebuilds/linux-arm64/pixelpool.musl.node'))
      else tries.push(() => require('../../prebuilds/linux-arm64/pixelpool.glibc.node'))
      break
    case 'darwin-x64':
    case 'darwin-arm64':
      tries.push(() => require('../../prebuilds/darwin-x64+arm64/pixelpool.node'))
      break
    case 'win32-x64':
      tries.push(() => require('../../prebuilds/win32-x64/pixelpool.node'))
      break
  }
  const reasons: unknown[] = []
  for (const attempt of tries) {
    try {
      return attempt() as Addon
    } catch (reason) {
      reasons.push(reason)
    }
  }
  const found = reasons.find((reason) => !isMissing(reason))
  const [why] = found instanceof Error ? found.message.split('\n', 1) : []
  const what = why === undefined ? 'is not in the package' : `does not load (${why})`
  throw new PoolError(
    'ERR_UNSUPPORTED_RUNTIME',
    `the addon for ${platform} ${what}; run \`npx pixelpool build\` to compile it here`,
    { cause: found },
  )
}

function isMissing(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && reason.code === 'MODULE_NOT_FOUND'
}

function isMusl(): boolean {
  try {
    return readFileSync('/usr/bin/ldd', 'latin1').includes('musl')
  } catch {
    return false
  }
}
