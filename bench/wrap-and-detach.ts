import { native } from '../src/native.js'
import type { NativePool } from '../src/native-pool.js'
import type { Pixels, Rival } from './rival.js'

interface Wrapped {
  readonly slot: number
  readonly generation: number
  readonly wrap: number
  readonly memory: ArrayBuffer
  readonly pixels: Pixels
}

/**
 * How an addon revokes without `transfer()`: a new external ArrayBuffer for each acquire, detached
 * at release. The slots are pixelpool's own, told to keep no wrap.
 */
export function wrapAndDetach(slotBytes: number, slots: number): Rival<Wrapped> {
  const pool = nativePool(slotBytes, slots)
  return {
    acquire: () => {
      const memory = pool.acquire()
      if (!(memory instanceof ArrayBuffer)) throw new Error(`no new wrap but ${memory}`)
      const [slot, generation, wrap] = [pool.answer[0], pool.answer[1], pool.answer[2]]
      return { slot, generation, wrap, memory, pixels: new Uint8ClampedArray(memory) }
    },
    pixels: (frame) => frame.pixels,
    release: ({ slot, generation, wrap, memory }) => {
      native.detach(memory)
      pool.release(slot, generation, wrap)
    },
  }
}

function nativePool(slotBytes: number, slots: number): NativePool {
  const pool = native.createPool({
    bell: native.start(() => {}, true),
    revoke: true,
    classes: [slotBytes, slots, 1],
    budget: null,
    scratchDirectories: [],
    scratchLimits: [],
    idleAfterMs: null,
    idleKeep: 0,
    clear: false,
    clearOnRelease: false,
    fillOnRelease: null,
    coldestFirst: false,
    keepsWraps: false,
    logLeaks: false,
  })
  if (pool === 'out of memory') throw new Error(`no ${slots} slots of ${slotBytes} bytes`)
  return pool
}
