import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'
import {
  animatedGif,
  baselineJpeg,
  largeJpeg,
  largeProgressiveJpeg,
  largeTurnedJpeg,
  rgbAvif,
  rgbaPng,
} from '../../sharp/pictures.js'
import { difference, type Outcome, ours, sharps } from '../../sharp/reference.js'
import { random } from './random.js'
import { play } from './scenario.js'

const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)

await play({
  direct: () => survive(100, 'direct'),
  copy: () => survive(40, 'copy'),
  strips: () => survive(60, 'strips'),
})

/** Terminates workers, two at a time, while this thread decodes for itself. */
async function survive(workers: number, kind: string): Promise<void> {
  console.log(`seed ${seed}`)
  const roll = random(seed)
  const all = [baselineJpeg, largeJpeg, largeProgressiveJpeg, largeTurnedJpeg, rgbaPng, rgbAvif]
  const pictures = await Promise.all([...all, animatedGif].map((picture) => picture.bytes()))
  const bytes = await largeJpeg.bytes()
  const expected = await sharps(bytes, {})
  using pool = new PixelPool({ slots: 2, slotBytes: 10_000_000 })
  let left = workers
  const terminateNext = async (): Promise<void> => {
    while (left-- > 0) {
      const worker = new Worker(new URL('decode-tenant.js', import.meta.url), {
        workerData: { seed: Math.floor(roll() * 1_000_000), kind, pictures },
      })
      const exited = once(worker, 'exit')
      if (roll() < 0.8) await once(worker, 'message')
      await pause(roll() * 60)
      await worker.terminate()
      await exited
      await checkDecoding(pool, bytes, expected)
    }
  }
  await Promise.all([terminateNext(), terminateNext()])
  assert.equal(checkEquation(pool).free, 2)
}

async function checkDecoding(pool: PixelPool, bytes: Buffer, expected: Outcome): Promise<void> {
  assert.equal(difference(await ours(bytes, { pool, path: 'direct' }), expected), null)
}
