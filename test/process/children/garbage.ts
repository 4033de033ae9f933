import assert from 'node:assert/strict'
import { PixelPool } from '../../../src/index.js'
import { collectUntil } from '../../collect.js'

const deadlineMs = 10_000

/** Collects garbage, again and again, until something is so. */
export async function untilCollected(what: string, isSo: () => boolean): Promise<void> {
  assert.ok(await collectUntil(isSo, deadlineMs), `after ${deadlineMs} ms it is not so: ${what}`)
}

/**
 * Waits until all that is garbage now has been collected and its finalizers have run: a forgotten
 * buffer of another pool tells, twice, since what a first collection frees may hold more.
 */
export async function collectAll(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const witness = new PixelPool({ slots: 1, slotBytes: 4096 })
    forgetOne(witness)
    await untilCollected('the forgotten witness came back', () => witness.stats().free === 1)
    witness.close()
  }
}

function forgetOne(pool: PixelPool): void {
  pool.acquire({ width: 1, height: 1 }).data.fill(1)
}
