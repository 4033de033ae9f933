import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { toBudget } from '../src/budget.js'
import { PixelArena } from '../src/index.js'
import { invalid } from './refusal.js'

const limit = 1_000_000_000 // bytes that this process may use, it is told

beforeEach(() => {
  mock.restoreAll()
  mock.method(process, 'constrainedMemory', () => limit)
})

test('a size has a unit', () => {
  assert.equal(toBudget('66KB'), 66_000)
  assert.equal(toBudget('64KiB'), 65_536)
  assert.equal(toBudget('512MB'), 512_000_000)
  assert.equal(toBudget('512MiB'), 536_870_912)
  assert.equal(toBudget('1GB'), limit)
  assert.equal(toBudget('0.5GiB'), 536_870_912)
  assert.equal(toBudget('1.5MB'), 1_500_000)
  assert.equal(toBudget('0.1234567MB'), 123_456)
})

test('bytes are bytes', () => {
  assert.equal(toBudget(65_536), 65_536)
  assert.equal(toBudget(123_456_789.9), 123_456_789)
  assert.equal(toBudget(limit), limit)
})

test('a fraction is one of what this process may use, and a quarter when nothing is said', () => {
  assert.equal(toBudget(0.5), 500_000_000)
  assert.equal(toBudget(0.999), 999_000_000)
  assert.equal(toBudget(), 250_000_000)
  assert.equal(toBudget(undefined), 250_000_000)
})

test('anything else is refused, and told', () => {
  const bad = [
    [0, '0'],
    [-1, '-1'],
    [-0.5, '-0.5'],
    [1, '1'],
    [1.5, '1.5'],
    [65_535, '65535'],
    [65_535.9, '65535.9'],
    [0.00001, '0.00001'],
    [limit + 1, '1000000001'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    ['', "''"],
    ['512', "'512'"],
    ['MB', "'MB'"],
    ['512mb', "'512mb'"],
    ['512M', "'512M'"],
    ['512TB', "'512TB'"],
    ['512MB ', "'512MB '"],
    ['-512MB', "'-512MB'"],
    ['5e2MB', "'5e2MB'"],
    ['.5GB', "'.5GB'"],
    ['50%', "'50%'"],
    ['1KB', "'1KB'"],
    ['2GB', "'2GB'"],
    [null, 'null'],
    [true, 'true'],
    [65_536n, '65536n'],
    [{}, 'an object'],
    [[65_536], 'an array'],
  ] as const
  const condition = `a size such as '512MB', bytes from 65536 to ${limit}, or a fraction of those`
  for (const [budget, shown] of bad) {
    const message = `budget must be ${condition}, got ${shown}`
    assert.throws(() => Reflect.apply(toBudget, null, [budget]), invalid(message))
    assert.throws(() => Reflect.construct(PixelArena, [{ budget }]), invalid(message))
  }
})
