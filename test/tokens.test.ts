import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toShape } from '../src/shape.js'
import { newKey, readBufferToken, readPoolToken, toExpires } from '../src/tokens.js'
import { invalid } from './refusal.js'

const shape = toShape({ width: 4, height: 2, channels: 3, depth: 'ushort', pages: 2 })
const poolToken = {
  pixelpool: 'pool',
  key: newKey(),
  shape,
  leaks: 'count',
  idleAfter: null,
} as const
const bufferToken = { pixelpool: 'buffer', key: newKey(), shape } as const

test('a key is 128 bits in hex digits, another one each time', () => {
  const keys = new Set(Array.from({ length: 100 }, newKey))
  assert.equal(keys.size, 100)
  for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/)
})

test('a token is read as it was given, after structuredClone too', () => {
  for (const copy of [<T>(token: T): T => token, structuredClone]) {
    assert.deepEqual(readPoolToken(copy(poolToken)), poolToken)
    assert.deepEqual(readPoolToken(copy({ ...poolToken, shape: null })).shape, null)
    assert.deepEqual(readBufferToken(copy(bufferToken)), bufferToken)
  }
})

test('sizes that a token claims are reckoned anew', () => {
  const lies = { ...shape, length: 1, byteLength: 1 }
  assert.deepEqual(readPoolToken({ ...poolToken, shape: lies }).shape, shape)
  assert.deepEqual(readBufferToken({ ...bufferToken, shape: lies }).shape, shape)
})

test('a token that is read is a copy, which nobody can change', () => {
  const mutable = structuredClone(bufferToken)
  const read = readBufferToken(mutable)
  Reflect.set(mutable.shape, 'width', 1000)
  assert.equal(read.shape.width, 4)
  assert.ok(Object.isFrozen(read.shape))
})

/** With what it is shown as in a message. */
const noTokens: readonly (readonly [unknown, string])[] = [
  [undefined, 'undefined'],
  [null, 'null'],
  ['0'.repeat(32), `'${'0'.repeat(32)}'`],
  [7, '7'],
  [() => {}, 'a function'],
  [[], 'an array'],
  [{}, 'an object'],
]

const badKeys: readonly unknown[] = [
  undefined,
  7,
  '',
  '0'.repeat(31),
  '0'.repeat(33),
  'G'.repeat(32),
  'A'.repeat(32),
  `${'0'.repeat(32)}\n`,
  ['0'.repeat(32)],
]

test('what is no token is refused, and so is one of the other kind', () => {
  const readers = [
    [readPoolToken, 'share()', poolToken, bufferToken],
    [readBufferToken, 'move()', bufferToken, poolToken],
  ] as const
  for (const [read, source, token, other] of readers) {
    const refused = (given: unknown, shown: string): void => {
      const message = `token must be what ${source} gave, got ${shown}`
      assert.throws(() => Reflect.apply(read, null, [given]), invalid(message))
    }
    for (const [given, shown] of noTokens) refused(given, shown)
    for (const key of badKeys) refused({ ...token, key }, 'an object')
    refused(other, 'an object')
  }
})

test('a token with a shape that is none is refused as a shape is', () => {
  const readers = [
    [readPoolToken, poolToken],
    [readBufferToken, bufferToken],
  ] as const
  const refused: readonly (readonly [unknown, string])[] = [
    [undefined, 'shape must be an object with width and height, got undefined'],
    [{ ...shape, width: 0 }, 'width must be an integer >= 1, got 0'],
    [{ ...shape, height: '2' }, "height must be an integer >= 1, got '2'"],
    [{ ...shape, channels: 5 }, 'channels must be 1, 2, 3 or 4, got 5'],
    [{ ...shape, pages: -1 }, 'pages must be an integer >= 1, got -1'],
  ]
  for (const [read, token] of readers) {
    for (const [given, message] of refused) {
      const forged = { ...token, shape: given }
      assert.throws(() => Reflect.apply(read, null, [forged]), invalid(message))
    }
    const forged = { ...token, shape: { ...shape, depth: 'half' } }
    assert.throws(
      () => Reflect.apply(read, null, [forged]),
      invalid(/^depth must be one of 'uchar'.*, got 'half'$/),
    )
  }
})

test('a buffer has a shape, and a pool says how it tells of leaks', () => {
  assert.throws(
    () => Reflect.apply(readBufferToken, null, [{ ...bufferToken, shape: null }]),
    invalid('shape must be an object with width and height, got null'),
  )
  for (const leaks of [undefined, 'all', true]) {
    assert.throws(
      () => Reflect.apply(readPoolToken, null, [{ ...poolToken, leaks }]),
      invalid('token must be what share() gave, got an object'),
    )
  }
})

test('a move expires after 30 s unless told otherwise, and after a day at most', () => {
  assert.equal(toExpires({}), 30_000)
  assert.equal(toExpires({ expires: undefined }), 30_000)
  for (const expires of [0, 0.5, 1, 86_400_000]) assert.equal(toExpires({ expires }), expires)
  const condition = 'expires must be a number of ms between 0 and 86400000'
  for (const expires of [-1, 86_400_001, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => toExpires({ expires }), invalid(`${condition}, got ${expires}`))
  }
  const refused = (options: unknown, message: string): void => {
    assert.throws(() => Reflect.apply(toExpires, null, [options]), invalid(message))
  }
  refused({ expires: '5' }, `${condition}, got '5'`)
  refused({ expires: null }, `${condition}, got null`)
  refused(null, 'options must be an object with expires, got null')
  refused(5, 'options must be an object with expires, got 5')
})
