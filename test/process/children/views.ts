import assert from 'node:assert/strict'
import { type Depth, type PixelArray, type PixelBuffer, PixelPool } from '../../../src/index.js'
import { collectAll, untilCollected } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'

const shape = { width: 16, height: 16 } // 1024 bytes
const old = 0x11
const next = 0x22

await play({ kinds, depths, held, retained, stale, staleTransferred, staleForgotten })

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

/** Every way to see a buffer's bytes that has a length. */
function viewsOf({ data }: PixelBuffer<'uchar'>): (Uint8ClampedArray | Uint8Array)[] {
  const bytes = Buffer.from(data.buffer)
  return [
    data,
    data.subarray(7),
    data.subarray(0, 8).subarray(1),
    new Uint8Array(data.buffer),
    new Uint8Array(data.buffer, 64, 8),
    new Uint8ClampedArray(data.buffer),
    bytes,
    bytes.subarray(9),
    Buffer.from(data.buffer, 3, 4),
  ]
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

function stale(): void {
  const pool = new PixelPool({ slots: 1, shape, revoke: false })
  const buffer = pool.acquire()
  buffer.data.fill(old)
  const views = viewsOf(buffer)
  const lengths = views.map((view) => view.length)
  buffer.release()
  const tenant = pool.acquire()
  tenant.data.fill(next)
  assert.deepEqual(
    views.map((view) => view.length),
    lengths,
  )
  for (const view of views) assert.equal(view[0], next)
  views[0]?.fill(old)
  assert.equal(tenant.data[0], old)
  assert.throws(() => buffer.data, { code: 'ERR_BUFFER_RELEASED' })
}

async function staleTransferred(): Promise<void> {
  const pool = new PixelPool({ slots: 2, shape, revoke: false })
  const moved = staleMoved(pool)
  const tenants = [pool.acquire(), pool.tryAcquire()]
  const [tenant, second] = tenants
  tenant?.data.fill(next)
  assert.equal(tenant?.data.length, 1024)
  if (moved === null) {
    // Node 20: memory that is not the engine's own is copied, and stays where it was.
    assert.equal(places(pool), '2 leased')
  } else {
    assert.equal(second, null)
    assert.equal(places(pool), '1 leased, 1 quarantined')
    assert.ok(moved.sees(old))
    moved.drop()
    await untilCollected('the moved memory is free', () => pool.stats().quarantined === 0)
    const last = pool.acquire()
    last.data.fill(old)
    last.release()
  }
  assert.ok(tenant?.data.every((sample) => sample === next))
  for (const each of tenants) each?.release()
  assert.equal(places(pool), '2 free')
}

interface Moved {
  sees(sample: number): boolean
  drop(): void
}

/** Null where the runtime copies instead. */
function staleMoved(pool: PixelPool): Moved | null {
  const buffer = pool.acquire()
  const { data } = buffer
  data.fill(old)
  buffer.release()
  let memory: ArrayBuffer | null =
    'transfer' in data.buffer
      ? data.buffer.transfer()
      : structuredClone(data.buffer, { transfer: [data.buffer] })
  if (data.length > 0) return null
  return {
    sees: (sample) => memory !== null && new Uint8Array(memory).every((each) => each === sample),
    drop: () => {
      memory = null
    },
  }
}

async function staleForgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape, revoke: false })
  let view = forgetAllBut(pool)
  await collectAll()
  assert.equal(places(pool), '1 leased')
  assert.equal(view?.length, 4)
  view = null
  await untilCollected('the forgotten buffer came back', () => pool.stats().free === 1)
  assert.equal(pool.stats().leaked, 1)
  pool.acquire().release()
}

/** Forgets a buffer. What is left is a view of the tenancy before. */
function forgetAllBut(pool: PixelPool): Uint8ClampedArray | null {
  const first = pool.acquire()
  const view = first.data.subarray(3, 7)
  first.release()
  pool.acquire().data.fill(old)
  return view
}
