import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type OpenEnd, openHere, openInWorker } from './sharing-ends.js'
import { SharingModel } from './sharing-model.js'

/**
 * For a release: `PIXELPOOL_MODEL_OPERATIONS=200000 node --test dist/test/sharing-model.test.js`; a
 * tenth of them with workers.
 */
const operationsWanted = Number(process.env.PIXELPOOL_MODEL_OPERATIONS ?? 10_000)

const options = fc.record({
  slots: fc.integer({ min: 1, max: 5 }),
  ends: fc.integer({ min: 2, max: 4 }),
  clear: fc.constantFrom('never' as const, 'acquire' as const, 'release' as const),
  leaks: fc.constantFrom('count' as const, 'count' as const, 'count' as const, 'trace' as const),
})
const pick = fc.nat({ max: 1000 })
const operation = fc.tuple(fc.integer({ min: 0, max: 99 }), pick, pick)

async function compare(openEnd: OpenEnd, wanted: number, most: number): Promise<number> {
  const operations = fc.array(operation, { minLength: 1, maxLength: most, size: 'max' })
  let done = 0
  const sameAsModel = fc.asyncProperty(options, operations, pick, async (given, steps, last) => {
    const model = await SharingModel.open(given, openEnd)
    for (const step of steps) await model.apply(step)
    await model.finish(last)
    done += steps.length
  })
  for (let round = 0; done < wanted; round++) {
    const numRuns = Math.ceil((2 * (wanted - done)) / most)
    await fc.assert(sameAsModel, { seed: seed + round, numRuns, endOnFailure: most < 1000 })
  }
  return done
}

const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 2 ** 31)

for (const [where, openEnd, wanted, most] of [
  ['of one thread', openHere, operationsWanted, 2000],
  ['of several threads', openInWorker, operationsWanted / 10, 500],
] as const) {
  test(`a pool with ends ${where} does what its model does, ${wanted} operations long`, async (t) => {
    t.diagnostic(`seed ${seed}`)
    const done = await compare(openEnd, wanted, most)
    t.diagnostic(`${done} operations`)
    assert.ok(done >= wanted)
  })
}
