import assert from 'node:assert/strict'
import { PixelPool } from '../../../src/index.js'
import { collectAll, untilCollected } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'
import { viewsOf } from './views-of.js'

const shape = { width: 16, height: 16 } // 1024 bytes
const old = 0x11
const next = 0x22

await play({ seen, transferred, forgotten })

function seen(): void {
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

async function transferred(): Promise<void> {
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

async function forgotten(): Promise<void> {
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
