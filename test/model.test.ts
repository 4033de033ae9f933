import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Model } from './model.js'

/** A million for a release: `PIXELPOOL_MODEL_OPERATIONS=1000000 node --test dist/test/model.test.js` */
const operationsWanted = Number(process.env.PIXELPOOL_MODEL_OPERATIONS ?? 40_000)

const options = fc.record({
  slots: fc.integer({ min: 1, max: 6 }),
  revoke: fc.boolean(),
  clear: fc.constantFrom('never' as const, 'acquire' as const, 'release' as const),
  leaks: fc.constantFrom('count' as const, 'count' as const, 'count' as const, 'trace' as const),
})
const operation = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.nat({ max: 1000 }))
const operations = fc.array(operation, { minLength: 1, maxLength: 2000, size: 'max' })

test(`a pool does what its model does, ${operationsWanted} operations long`, async (t) => {
  let done = 0
  const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 2 ** 31)
  t.diagnostic(`seed ${seed}`)
  const sameAsModel = fc.asyncProperty(options, operations, async (given, steps) => {
    const model = new Model(given)
    for (const step of steps) await model.apply(step)
    await model.finish()
    done += steps.length
  })
  for (let round = 0; done < operationsWanted; round++) {
    const numRuns = Math.ceil((operationsWanted - done) / 1000)
    await fc.assert(sameAsModel, { seed: seed + round, numRuns })
  }
  t.diagnostic(`${done} operations`)
  assert.ok(done >= operationsWanted)
})
