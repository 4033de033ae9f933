import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { PixelArena, type ScratchOptions } from '../../../src/index.js'
import { checkArena } from '../../equation.js'
import { until } from './deadline.js'
import { random } from './random.js'
import { play } from './scenario.js'
import { type Moved, shows } from './tenants-thread.js'

// Workers share an arena at random, and are terminated and replaced. What they hold together never
// exceeds the budget, nor the disk's limit. A longer one for a release:
//   PIXELPOOL_TERMINATIONS=1000 node dist/test/process/children/tenants.js inMemory

const terminationsWanted = Number(process.env.PIXELPOOL_TERMINATIONS ?? 30)
const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const directory = process.env.PIXELPOOL_SCRATCH ?? ''
const atOnce = 3
const budget = 8 * 2 ** 20
const limit = 4 * 2 ** 20

await play({
  inMemory: () => live([], 'never'),
  clearedOnAcquire: () => live([], 'acquire'),
  clearedOnRelease: () => live([], 'release'),
  inScratch: () => live([{ directory, limit }], 'never'),
  inScratchCleared: () => live([{ directory, limit }], 'acquire'),
})

async function live(
  scratch: readonly ScratchOptions[],
  clear: 'never' | 'acquire' | 'release',
): Promise<void> {
  console.log(`seed ${seed}`)
  const roll = random(seed)
  const arena = new PixelArena({ budget, scratch, clear, idle: { after: 100 } })
  let terminated = 0
  let adopted = 0
  const employ = async (): Promise<void> => {
    while (terminated < terminationsWanted) {
      const worker = new Worker(new URL('tenants-thread.js', import.meta.url), {
        workerData: {
          token: arena.share(),
          seed: Math.floor(roll() * 1e6),
          cleared: clear !== 'never',
        },
      })
      const failed = new Promise((_, reject) => worker.once('error', reject))
      worker.on('message', ({ token, color }: Moved) => {
        const buffer = arena.adopt(token)
        assert.ok(shows(buffer, color), 'what was moved is as it was')
        buffer.release()
        adopted++
      })
      await Promise.race([pause(150 + roll() * 150), failed])
      await worker.terminate()
      terminated++
    }
  }
  let working = true
  const worked = Promise.all(Array.from({ length: atOnce }, employ)).finally(() => {
    working = false
  })
  let looks = 0
  let mostHeld = 0
  while (working) {
    const stats = checkArena(arena)
    assert.equal(stats.leasedBytes + stats.wastedBytes + stats.idleBytes, stats.heldBytes)
    assert.ok(stats.peakScratchBytes <= limit * scratch.length)
    mostHeld = Math.max(mostHeld, stats.heldBytes)
    looks++
    await pause(1)
  }
  await worked
  // What terminated threads have moved and nobody heard of comes back when its time has run out.
  await until('all slots are free', () => arena.stats().free === arena.stats().slots)
  const { peakScratchBytes, acquires, trimmedBytes } = arena.stats()
  assert.equal(peakScratchBytes > 0, scratch.length > 0)
  await until('files are gone', () => arena.stats().scratchBytes === 0)
  await until('idle memory is back', () => arena.stats().heldBytes === 0)
  console.log(`${terminated} terminations, ${adopted} adopted, ${acquires} acquires`)
  console.log(`at most ${mostHeld} held in ${looks} looks, ${trimmedBytes} bytes given back`)
  assert.ok(adopted > 0 && trimmedBytes > 0)
  arena.close()
}
