import assert from 'node:assert/strict'
import { test } from 'node:test'
import { argumentError } from '../src/errors.js'
import { PoolError } from '../src/index.js'

test('a PoolError is an Error with a code and a cause', () => {
  const cause = new Error('why')
  const error = new PoolError('ERR_POOL_CLOSED', 'text', { cause })
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'PoolError')
  assert.equal(error.code, 'ERR_POOL_CLOSED')
  assert.equal(error.message, 'text')
  assert.equal(error.cause, cause)
})

test('an argument error names the argument, the condition and what it got', () => {
  const shown: [unknown, string][] = [
    [0, '0'],
    [-1.5, '-1.5'],
    [Number.NaN, 'NaN'],
    ['8', "'8'"],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [3n, '3n'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [[1], 'an array'],
    [{ a: 1 }, 'an object'],
  ]
  for (const [value, text] of shown) {
    const error = argumentError('slots', 'an integer >= 1', value)
    assert.equal(error.code, 'ERR_INVALID_ARGUMENT')
    assert.equal(error.message, `slots must be an integer >= 1, got ${text}`)
  }
})
