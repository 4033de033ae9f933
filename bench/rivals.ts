import { freeUint8Clamped, mallocUint8Clamped } from 'typedarray-pool'
import { PixelArena, type PixelBuffer, PixelPool } from '../src/index.js'
import { FreeList } from './free-list.js'
import type { Pixels, Rival } from './rival.js'
import type { Size } from './sizes.js'
import { wrapAndDetach } from './wrap-and-detach.js'

export type RivalName =
  | 'harness floor'
  | 'pixelpool'
  | 'pixelpool revoke:false'
  | 'pixelpool hugePages:false'
  | 'pixelpool arena'
  | 'free-list'
  | 'typedarray-pool'
  | 'wrap + detach'
  | 'Buffer.allocUnsafeSlow'
  | 'Buffer.alloc'
  | 'Uint8ClampedArray'

/** What a program that works on frames chooses from. */
export const waysToHaveFrames: readonly RivalName[] = [
  'pixelpool',
  'pixelpool revoke:false',
  'free-list',
  'typedarray-pool',
  'Buffer.allocUnsafeSlow',
  'Buffer.alloc',
  'Uint8ClampedArray',
]

/** Calls back with the rival: each has frames of a type of its own. */
export function withRival<R>(
  name: RivalName,
  sizes: readonly Size[],
  frames: number,
  use: <F>(rival: Rival<F>) => R,
): R {
  const bytes = sizes.map((size) => size.bytes)
  switch (name) {
    case 'harness floor':
      return use(floor(bytes))
    case 'pixelpool':
      return use(pixelPools(sizes, frames, {}))
    case 'pixelpool revoke:false':
      return use(pixelPools(sizes, frames, { revoke: false }))
    case 'pixelpool hugePages:false':
      return use(pixelPools(sizes, frames, { hugePages: false }))
    case 'pixelpool arena':
      return use(pixelArena(sizes, frames))
    case 'free-list':
      return use(freeList(bytes))
    case 'typedarray-pool':
      return use(typedArrayPool(bytes))
    case 'wrap + detach':
      return use(wrapAndDetach(bytes[0] ?? 0, frames))
    case 'Buffer.allocUnsafeSlow':
      return use(allocator(bytes, (n) => Buffer.allocUnsafeSlow(n)))
    case 'Buffer.alloc':
      return use(allocator(bytes, (n) => Buffer.alloc(n)))
    case 'Uint8ClampedArray':
      return use(allocator(bytes, (n) => new Uint8ClampedArray(n)))
  }
}

function pixelPools(
  sizes: readonly Size[],
  slots: number,
  options: { revoke?: boolean; hugePages?: boolean },
): Rival<PixelBuffer<'uchar'>> {
  return asRival(sizes.map((shape) => new PixelPool({ slots, shape, ...options })))
}

/** A pool a size. */
export function asRival(pools: readonly PixelPool[]): Rival<PixelBuffer<'uchar'>> {
  return {
    acquire: (size) => {
      const pool = pools[size]
      if (pool === undefined) throw new RangeError(`no size ${size}`)
      return pool.acquire()
    },
    pixels: (buffer) => buffer.data,
    release: (buffer) => buffer.release(),
  }
}

/** With a budget in which all frames have their place, whatever their size. */
function pixelArena(sizes: readonly Size[], frames: number): Rival<PixelBuffer<'uchar'>> {
  const largest = Math.max(...sizes.map(({ bytes }) => bytes))
  const arena = new PixelArena({ budget: 2 * frames * largest })
  return {
    acquire: (size) => arena.acquire(sizes[size]),
    pixels: (buffer) => buffer.data,
    release: (buffer) => buffer.release(),
  }
}

function freeList(bytes: readonly number[]): Rival<Uint8ClampedArray> {
  const list = new FreeList()
  return {
    acquire: (size) => list.acquire(bytes[size] ?? 0),
    pixels: (pixels) => pixels,
    release: (pixels) => list.release(pixels),
  }
}

function typedArrayPool(bytes: readonly number[]): Rival<Uint8ClampedArray> {
  return {
    acquire: (size) => mallocUint8Clamped(bytes[size] ?? 0),
    pixels: (pixels) => pixels,
    release: (pixels) => freeUint8Clamped(pixels),
  }
}

/** Left to the garbage collector. */
function allocator<F extends Pixels>(
  bytes: readonly number[],
  allocate: (bytes: number) => F,
): Rival<F> {
  return {
    acquire: (size) => allocate(bytes[size] ?? 0),
    pixels: (pixels) => pixels,
    release: () => {},
  }
}

/** One array for ever: what the loop around the rivals costs by itself. */
function floor(bytes: readonly number[]): Rival<Uint8ClampedArray> {
  const arrays = bytes.map((n) => new Uint8ClampedArray(n))
  const none = new Uint8ClampedArray(0)
  return {
    acquire: (size) => arrays[size] ?? none,
    pixels: (pixels) => pixels,
    release: () => {},
  }
}
