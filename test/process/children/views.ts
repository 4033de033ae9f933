import assert from 'node:assert/strict'
import { type Depth, type PixelArray, PixelPool } from '../../../src/index.js'
import { play } from './scenario.js'
import { viewsOf } from './views-of.js'

const shape = { width: 16, height: 16 } // 1024 bytes
const old = 0x11
const next = 0x22

await play({ kinds, depths, held, retained })

function kinds(): void {
  const pool = new PixelPool({ slots: 1, shape })
  // The first tenancy of a slot, and one that reuses what the first one left.
  for (const tenancy of ['fresh', 'reused']) {
    const buffer = pool.acquire()
    buffer.data.fill(old)
    const views = viewsOf(buffer)
    for (const view of views) assert.ok(view.byteLength > 0)
    const numbers = new DataView(buffer.data.buffer)
    buffer.release()

    const tenant = pool.acquire()
    tenant.data.fill(next)
    for (const view of views) {
      assert.equal(view.byteLength, 0, tenancy)
      assert.equal(view.length, 0, tenancy)
      assert.equal(view.buffer.byteLength, 0, tenancy)
      assert.equal(view[0], undefined, tenancy)
      scribble(view)
      assert.throws(() => view.set([old]))
    }
    assert.throws(() => numbers.byteLength, TypeError)
    assert.throws(() => numbers.getUint8(0), TypeError)
    assert.throws(() => numbers.setUint8(0, old), TypeError)
    assert.ok(tenant.data.every((sample) => sample === next))
    tenant.release()
  }
}

/** Tries to write to a view that is dead. */
function scribble(view: PixelArray | Uint8Array | Uint8ClampedArray): void {
  view[0] = old
  Reflect.set(view, 5, old)
  assert.throws(() => Uint8Array.prototype.fill.call(view, old), TypeError)
}

function depths(): void {
  const pool = new PixelPool({ slots: 1, slotBytes: 16 * 8 })
  const every: Depth[] = ['uchar', 'char', 'ushort', 'short', 'uint', 'int', 'float', 'double']
  for (const depth of every) {
    const buffer = pool.acquire({ width: 4, height: 4, channels: 1, depth })
    const { data } = buffer
    const part = data.subarray(1, 9)
    data.fill(old)
    buffer.release()
    const tenant = pool.acquire({ width: 4, height: 4, channels: 1, depth })
    tenant.data.fill(next)
    scribble(data)
    scribble(part)
    assert.deepEqual([data.length, data.byteLength, part.length, part.byteLength], [0, 0, 0, 0])
    assert.ok(Array.from(tenant.data).every((sample) => sample === next))
    tenant.release()
  }
}

function held(): void {
  const pool = new PixelPool({ slots: 1, shape })
  const buffer = pool.acquire()
  const { data } = buffer
  data.fill(old)
  const samples = data.values()
  assert.equal(samples.next().value, old)
  let seen = 0
  data.forEach((sample, index) => {
    if (index === 100) {
      buffer.release()
      pool.acquire().data.fill(next)
    }
    if (sample === old) seen++
    assert.notEqual(sample, next)
  })
  assert.equal(seen, 101)
  assert.throws(() => samples.next(), TypeError)
}

function retained(): void {
  const pool = new PixelPool({ slots: 1, shape })
  for (const releasedFirst of ['first', 'second'] as const) {
    const first = pool.acquire()
    const second = first.retain()
    first.data.fill(old)
    const views = { first: viewsOf(first), second: viewsOf(second) }
    const [gone, left] = releasedFirst === 'first' ? [first, second] : [second, first]
    const [dead, alive] =
      releasedFirst === 'first' ? [views.first, views.second] : [views.second, views.first]
    gone.release()
    for (const view of dead) assert.equal(view.byteLength, 0)
    for (const view of alive) assert.equal(view[0], old)
    assert.equal(pool.tryAcquire(), null)
    left.release()
    for (const view of alive) assert.equal(view.byteLength, 0)
    const tenant = pool.acquire()
    tenant.data.fill(next)
    for (const view of [...dead, ...alive]) scribble(view)
    assert.ok(tenant.data.every((sample) => sample === next))
    tenant.release()
  }
}
