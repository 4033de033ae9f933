import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Depth, describe, toPixels, toShape } from '../src/shape.js'
import { invalid } from './refusal.js'

const size = { width: 3, height: 2 }

test('a shape has four channels of uchar on one page unless told otherwise', () => {
  assert.deepEqual(toShape(size), {
    width: 3,
    height: 2,
    channels: 4,
    depth: 'uchar',
    pages: 1,
    length: 24,
    byteLength: 24,
  })
})

test('a shape is frozen', () => {
  assert.ok(Object.isFrozen(toShape(size)))
})

test('each depth has its typed array and its bytes', () => {
  const arrays: [Depth, { name: string }, number][] = [
    ['uchar', Uint8ClampedArray, 1],
    ['char', Int8Array, 1],
    ['ushort', Uint16Array, 2],
    ['short', Int16Array, 2],
    ['uint', Uint32Array, 4],
    ['int', Int32Array, 4],
    ['float', Float32Array, 4],
    ['double', Float64Array, 8],
  ]
  for (const [depth, array, bytes] of arrays) {
    const shape = toShape({ ...size, channels: 3, depth, pages: 2 })
    assert.equal(shape.length, 36)
    assert.equal(shape.byteLength, 36 * bytes)
    const pixels = toPixels(new ArrayBuffer(400), shape)
    assert.equal(pixels.constructor.name, array.name)
    assert.equal(pixels.length, 36)
    assert.equal(pixels.byteOffset, 0)
  }
})

test('refuses what is no shape', () => {
  for (const bad of [undefined, null, 3, 'a']) {
    assert.throws(
      () => Reflect.apply(toShape, null, [bad]),
      invalid(/^shape must be an object with width and height, got /),
    )
  }
})

test('refuses a width, height or number of pages that is no positive integer', () => {
  for (const name of ['width', 'height', 'pages']) {
    for (const [bad, shown] of [
      [0, '0'],
      [-1, '-1'],
      [1.5, '1.5'],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      [2 ** 60, '1152921504606847000'],
      ['4', "'4'"],
      [null, 'null'],
    ]) {
      assert.throws(
        () => toShape({ ...size, pages: 1, [name]: bad }),
        invalid(`${name} must be an integer >= 1, got ${shown}`),
      )
    }
  }
  assert.throws(
    () => Reflect.apply(toShape, null, [{ height: 2 }]),
    invalid('width must be an integer >= 1, got undefined'),
  )
})

test('refuses unknown channels and depths', () => {
  for (const channels of [0, 5, 2.5, '3', null]) {
    assert.throws(
      () => Reflect.apply(toShape, null, [{ ...size, channels }]),
      invalid(/^channels must be 1, 2, 3 or 4, got /),
    )
  }
  for (const depth of ['half', 'constructor', '', 8, null]) {
    assert.throws(
      () => Reflect.apply(toShape, null, [{ ...size, depth }]),
      invalid(
        /^depth must be one of 'uchar', 'char', 'ushort', 'short', 'uint', 'int', 'float', 'double', got /,
      ),
    )
  }
})

test('refuses in the order of declaration', () => {
  const bad = { width: 0, height: 0, channels: 9, depth: 'x', pages: 0 }
  const good = { width: 1, height: 1, channels: 1, depth: 'uchar', pages: 1 }
  const names = ['width', 'height', 'channels', 'depth', 'pages'] as const
  const mended: Record<string, unknown> = { ...bad }
  for (const name of names) {
    assert.throws(
      () => Reflect.apply(toShape, null, [mended]),
      invalid(new RegExp(`^${name} must be`)),
    )
    mended[name] = good[name]
  }
})

test('a shape is described in one short line', () => {
  assert.equal(describe(toShape(size)), '3x2x4 uchar')
  assert.equal(
    describe(toShape({ ...size, channels: 1, depth: 'float', pages: 5 })),
    '5 pages of 3x2x1 float',
  )
})
