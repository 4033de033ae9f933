import assert from 'node:assert/strict'
import { totalmem } from 'node:os'
import { test } from 'node:test'
import { memoryLimit } from '../src/memory-limit.js'

test('a process may use what its control group allows, and never more than there is', (t) => {
  const constrained = t.mock.method(process, 'constrainedMemory')
  const cases = [
    [100_000_000, 100_000_000],
    [0, totalmem()], // no control group
    [totalmem() + 1, totalmem()],
    [2 ** 64, totalmem()], // a control group without a limit
  ] as const
  for (const [told, limit] of cases) {
    constrained.mock.mockImplementation(() => told)
    assert.equal(memoryLimit(), limit)
  }
})
