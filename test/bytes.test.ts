import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBytes } from '../src/bytes.js'

test('a number is bytes, whole ones', () => {
  const counts = [
    [0, 0],
    [1, 1],
    [65_536, 65_536],
    [1.999, 1],
    [2 ** 53, 2 ** 53],
    [-1.5, -2],
  ] as const
  for (const [given, bytes] of counts) assert.equal(toBytes(given), bytes)
})

test('text has a unit, of 1000 or of 1024', () => {
  const texts = [
    ['1KB', 1000],
    ['1MB', 1e6],
    ['1GB', 1e9],
    ['1KiB', 1024],
    ['1MiB', 1_048_576],
    ['1GiB', 1_073_741_824],
    ['512 MB', 512e6],
    ['0.5KiB', 512],
    ['1.0001KB', 1000],
    ['007MB', 7e6],
    ['0GB', 0],
  ] as const
  for (const [given, bytes] of texts) assert.equal(toBytes(given), bytes, given)
})

test('anything else is no count', () => {
  const others = [
    ...['', ' ', 'MB', '1', '1B', '1TB', '1mb', '1 M', '1  MB', ' 1MB', '1MB ', '1MB\n', '+1MB'],
    ...['-1MB', '1e3MB', '1.MB', '.1MB', '1,5MB', '0x1MB', '1MBs', 'NaN', 'Infinity'],
    ...[undefined, null, true, 1n, {}, ['1MB'], Symbol('1MB'), () => 1],
    Number.NaN,
  ]
  for (const other of others) assert.ok(Number.isNaN(toBytes(other)), String(other))
  assert.equal(toBytes(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
})
