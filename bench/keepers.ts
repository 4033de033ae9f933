import { PixelArena, type PixelBuffer, PixelPool } from '../src/index.js'
import { BestFit } from './best-fit.js'
import type { Keeper } from './keeper.js'
import { checkRunsOn, isInstalled, type Malloc, mallocs, toEnvironment } from './mallocs.js'
import type { Rival } from './rival.js'
import { asRival, withRival } from './rivals.js'
import type { Size } from './sizes.js'

export type KeeperName =
  | 'pixelpool arena'
  | 'pixelpool pools'
  | 'free-list'
  | 'free-list best fit'
  | 'typedarray-pool'
  | 'allocUnsafeSlow'
  | `allocUnsafeSlow ${Malloc}`

/** All that this machine has. */
export const keepers: readonly KeeperName[] = [
  'pixelpool arena',
  'pixelpool pools',
  'free-list',
  'free-list best fit',
  'typedarray-pool',
  'allocUnsafeSlow',
  ...mallocs.filter(isInstalled).map((malloc) => `allocUnsafeSlow ${malloc}` as const),
]

/** Those who know their peak without being asked all the time. */
export const bookkeepers: readonly KeeperName[] = keepers.filter(
  (name) => !name.startsWith('alloc'),
)

/** When an arena of a bench gives back, and how many slots of each size it keeps. */
export const idle = { after: 5000, keep: 1 } as const // ms, slots

export interface KeeperOptions {
  readonly sizes: readonly Size[]
  /** How many are in hand at most. */
  readonly frames: number
  /** Bytes, for who has one. */
  readonly budget: number
}

/** What a bench's process for this rival must find in its environment. */
export function environmentOf(name: string): NodeJS.ProcessEnv {
  const malloc = mallocOf(name)
  return malloc === undefined ? {} : toEnvironment(malloc)
}

/** Calls back with the keeper: each has frames of a type of its own. */
export function withKeeper<R>(
  name: KeeperName,
  { sizes, frames, budget }: KeeperOptions,
  use: <F>(keeper: Keeper<F>) => R,
): R {
  const malloc = mallocOf(name)
  if (malloc !== undefined) checkRunsOn(malloc)
  switch (name) {
    case 'pixelpool arena':
      return use(arena(sizes, budget))
    case 'pixelpool pools':
      return use(pools(sizes, frames))
    case 'free-list':
    case 'typedarray-pool':
      return withRival(name, sizes, frames, (rival) => use(keepsAll(rival)))
    case 'free-list best fit':
      return use(keepsAll(bestFit(sizes)))
    case 'allocUnsafeSlow':
    case 'allocUnsafeSlow jemalloc':
    case 'allocUnsafeSlow mimalloc':
      return withRival('Buffer.allocUnsafeSlow', sizes, frames, (rival) => use(collected(rival)))
  }
}

function mallocOf(name: string): Malloc | undefined {
  return mallocs.find((malloc) => name === `allocUnsafeSlow ${malloc}`)
}

function arena(sizes: readonly Size[], budget: number): Keeper<PixelBuffer<'uchar'>> {
  const slots = new PixelArena({ budget, idle })
  return {
    tryAcquire: (size) => slots.tryAcquire(sizes[size]),
    pixels: (buffer) => buffer.data,
    release: (buffer) => buffer.release(),
    held: () => {
      const { heldBytes, peakHeldBytes } = slots.stats()
      return { bytes: heldBytes, peakBytes: peakHeldBytes }
    },
  }
}

/** Of a slot that was ever written to, all is held. */
function pools(sizes: readonly Size[], slots: number): Keeper<PixelBuffer<'uchar'>> {
  const made = sizes.map((shape) => new PixelPool({ slots, shape }))
  const { acquire, pixels, release } = asRival(made)
  const held = (): number => made.reduce((sum, pool) => sum + pool.stats().residentBytes, 0)
  return { tryAcquire: acquire, pixels, release, held: () => same(held()) }
}

function bestFit(sizes: readonly Size[]): Rival<Uint8ClampedArray<ArrayBuffer>> {
  const list = new BestFit()
  return {
    acquire: (size) => list.acquire(sizes[size]?.bytes ?? 0),
    pixels: (pixels) => pixels,
    release: (pixels) => list.release(pixels),
  }
}

/** Of a list that never lets go: it holds all memory that it ever handed out. */
function keepsAll<F>({ acquire, pixels, release }: Rival<F>): Keeper<F> {
  const made = new Set<ArrayBufferLike>()
  let bytes = 0
  const tryAcquire = (size: number): F => {
    const frame = acquire(size)
    const { buffer } = pixels(frame)
    if (made.has(buffer)) return frame
    made.add(buffer)
    bytes += buffer.byteLength
    return frame
  }
  return { tryAcquire, pixels, release, held: () => same(bytes) }
}

/** What waits for the collector counts; what malloc keeps behind it cannot be seen from here. */
function collected<F>({ acquire, pixels, release }: Rival<F>): Keeper<F> {
  const before = process.memoryUsage().arrayBuffers
  let peakBytes = 0
  const held = () => {
    const bytes = process.memoryUsage().arrayBuffers - before
    peakBytes = Math.max(peakBytes, bytes)
    return { bytes, peakBytes }
  }
  return { tryAcquire: acquire, pixels, release, held }
}

function same(bytes: number): { bytes: number; peakBytes: number } {
  return { bytes, peakBytes: bytes }
}
