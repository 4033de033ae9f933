import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { ArenaModel } from './arena-model.js'
import { scratchDirectory } from './scratch-directory.js'

/** As of model.test.js: `PIXELPOOL_MODEL_OPERATIONS=1000000 node --test dist/test/arena-model.test.js` */
const operationsWanted = Number(process.env.PIXELPOOL_MODEL_OPERATIONS ?? 10_000)

/** A shorter example of what went wrong takes minutes: it is looked for when a seed is given. */
const endOnFailure = process.env.PIXELPOOL_SEED === undefined

const kib = 2 ** 10
const mib = 2 ** 20

function optionsFor(
  directories: number,
): fc.Arbitrary<ConstructorParameters<typeof ArenaModel>[0]> {
  const limit = fc.integer({ min: 64 * kib, max: 4 * mib })
  return fc.record({
    budget: fc.oneof(
      fc.integer({ min: 64 * kib, max: 2 * mib }),
      fc.integer({ min: 2 * mib, max: 9 * mib }),
    ),
    hugePages: fc.boolean(),
    clear: fc.constantFrom('never' as const, 'acquire' as const, 'release' as const),
    leaks: fc.constantFrom('count' as const, 'count' as const, 'count' as const, 'trace' as const),
    keep: fc.integer({ min: 0, max: 2 }),
    scratch: fc.array(limit, { maxLength: directories, size: 'max' }),
  })
}

const width = fc.oneof(
  fc.integer({ min: 1, max: 130 }),
  fc.integer({ min: 1, max: 600 }),
  fc.integer({ min: 1, max: 1600 }),
)
const operation = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.nat({ max: 1000 }), width)
const operations = fc.array(operation, { minLength: 1, maxLength: 400, size: 'max' })

test(`an arena does what its model does, ${operationsWanted} operations long`, async (t) => {
  // Nobody stands still for memory, whatever this machine does.
  t.mock.method(fs, 'readFileSync', () => 'some avg10=0.00')
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  const directory = scratchDirectory(t)
  if (directory === null) t.diagnostic('no disk here can hold scratch')
  const directories = directory === null ? [] : [directory, directory]
  let done = 0
  const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 2 ** 31)
  t.diagnostic(`seed ${seed}`)
  const options = optionsFor(directories.length)
  const sameAsModel = fc.asyncProperty(options, operations, async (given, steps) => {
    const model = new ArenaModel(given, directories)
    for (const step of steps) await model.apply(step)
    await model.finish()
    done += steps.length
  })
  for (let round = 0; done < operationsWanted; round++) {
    const numRuns = Math.ceil((operationsWanted - done) / 200)
    await fc.assert(sameAsModel, {
      seed: seed + round,
      numRuns,
      endOnFailure,
      includeErrorInReport: true,
    })
  }
  t.diagnostic(`${done} operations`)
  assert.ok(done >= operationsWanted)
})
