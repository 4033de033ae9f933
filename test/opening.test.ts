import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PixelPool } from '../src/index.js'
import { native } from '../src/native.js'
import { newKey, type PoolToken } from '../src/tokens.js'
import { refusal } from './refusal.js'

const shape = { width: 8, height: 8 } as const // 256 bytes
const closed = refusal(
  'ERR_POOL_CLOSED',
  'no pool of this process is open under this token; attach before the last thread closes it',
)

test('a pool that is opened beside another one has its slots and its ways', () => {
  for (const leaks of ['count', 'trace'] as const) {
    using pool = new PixelPool({ slots: 3, shape, leaks })
    const other = PixelPool.attach(pool.share())
    assert.deepEqual(other.shape, pool.shape)
    assert.equal(other.slotBytes, 256)
    assert.equal(other.revoke, true)
    assert.equal(other.share().leaks, leaks)
    assert.equal(other.stats().slots, 3)
    other.close()
  }
})

test('a key that no pool has opens nothing', () => {
  using pool = new PixelPool({ slots: 1, shape })
  const token = pool.share()
  assert.throws(() => PixelPool.attach({ ...token, key: newKey() }), closed)
  assert.equal(pool.stats().free, 1)
})

test('a pool that is closed everywhere opens no more, however long its memory lives', () => {
  const pool = new PixelPool({ slots: 1, shape })
  const token = pool.share()
  const other = PixelPool.attach(token)
  const held = other.acquire()
  pool.close()
  PixelPool.attach(token).close()
  other.close()
  assert.throws(() => PixelPool.attach(token), closed)
  held.release()
  assert.throws(() => PixelPool.attach(token), closed)
})

test('a token whose shape does not fit is refused, and keeps no pool open', () => {
  const pool = new PixelPool({ slots: 1, shape })
  const token = pool.share()
  const large: PoolToken<'float'> = {
    ...token,
    shape: { width: 8, height: 9, channels: 4, depth: 'float', pages: 1, length: 1, byteLength: 1 },
  }
  assert.throws(
    () => PixelPool.attach(large),
    refusal(
      'ERR_SHAPE_TOO_LARGE',
      '8x9x4 float needs 1152 bytes, a slot has 256; make a pool with larger slots',
    ),
  )
  pool.close()
  assert.throws(() => PixelPool.attach(token), closed)
})

test('a runtime that forbids external ArrayBuffers attaches nothing', (t) => {
  const pool = new PixelPool({ slots: 1, shape })
  const token = pool.share()
  t.mock.method(native, 'canWrap', () => false)
  assert.throws(
    () => PixelPool.attach(token),
    refusal(
      'ERR_UNSUPPORTED_RUNTIME',
      'this runtime forbids external ArrayBuffers (Electron does); use plain buffers here',
    ),
  )
  t.mock.restoreAll()
  pool.close()
  assert.throws(() => PixelPool.attach(token), closed)
})
