import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { type BufferToken, PixelArena, type PixelBuffer } from '../../../src/index.js'
import { random } from './random.js'

// A thread that uses a shared arena at random until it is terminated.

/** A buffer on its way, and what it was filled with. */
export interface Moved {
  readonly token: BufferToken
  readonly color: number
}

if (!isMainThread) await work()

async function work(): Promise<void> {
  const arena = PixelArena.attach(workerData.token)
  const roll = random(workerData.seed)
  const hand: { readonly buffer: PixelBuffer; readonly color: number }[] = []
  let waits = 0
  const take = (buffer: PixelBuffer | null): void => {
    if (buffer === null) return
    if (workerData.cleared) assert.ok(shows(buffer, 0), 'a cleared slot shows zeros')
    const color = 1 + Math.floor(roll() * 255)
    buffer.data.fill(color)
    hand.push({ buffer, color })
  }
  for (;;) {
    const width = 1 + Math.floor(roll() * (roll() < 0.8 ? 300 : 900))
    const shape = { width, height: width }
    const act = roll()
    if (act < 0.4) take(arena.tryAcquire(shape))
    else if (act < 0.5 && waits < 4) {
      waits++
      const done = (): void => void waits--
      arena
        .acquireAsync(shape, { timeout: 1 + roll() * 20 })
        .then(take, () => {})
        .finally(done)
    } else {
      const [held] = hand.splice(Math.floor(roll() * hand.length), 1)
      if (held === undefined) continue
      assert.ok(shows(held.buffer, held.color), 'a buffer keeps its pixels')
      if (act < 0.6) {
        const token = held.buffer.move({ expires: 500 })
        parentPort?.postMessage({ token, color: held.color } satisfies Moved)
      } else held.buffer.release()
    }
    if (roll() < 0.3) await pause(roll() < 0.5 ? 0 : 1)
  }
}

/** Whether all that the buffer's memory shows as pixels is of one colour. */
export function shows({ data }: PixelBuffer, color: number): boolean {
  for (let i = 0; i < data.length; i += 1021) if (data[i] !== color) return false
  return data[data.length - 1] === color
}
