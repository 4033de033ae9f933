import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { collectAll, untilCollected } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'

const shape = { width: 16, height: 16 } // 1024 bytes
const old = 0x11
const next = 0x22
// Node 20 copies memory that is not the engine's own, and the original stays where it was.
const moves = 'transfer' in ArrayBuffer.prototype

await play({
  outlived,
  terminatedAfter,
  terminatedBefore,
  orphaned: () => orphan('end'),
  orphanedByForce: () => orphan('terminate'),
  orphanedStale: () => orphan('end', false),
})

async function outlived(): Promise<void> {
  const { pool, keeper, buffer } = await post()
  buffer.release()
  await checkAway(pool, keeper)
  keeper.postMessage('drop')
  await untilCollected('the worker dropped it', () => pool.stats().free === 1)
  assert.equal(pool.stats().leaked, 0)
  await keeper.terminate()
  reuse(pool)
}

async function terminatedAfter(): Promise<void> {
  const { pool, keeper, buffer } = await post()
  buffer.release()
  await checkAway(pool, keeper)
  await keeper.terminate()
  await untilCollected('the worker is gone', () => pool.stats().free === 1)
  reuse(pool)
}

async function terminatedBefore(): Promise<void> {
  const { pool, keeper, buffer } = await post()
  await keeper.terminate()
  await collectAll()
  if (moves) assert.throws(() => buffer.data, { code: 'ERR_BUFFER_ESCAPED' })
  buffer.release()
  await untilCollected('the worker is gone', () => pool.stats().free === 1)
  reuse(pool)
}

interface Posted {
  pool: PixelPool
  keeper: Worker
  buffer: PixelBuffer
}

/** Posts a buffer's memory to a worker that keeps it. */
async function post(): Promise<Posted> {
  const pool = new PixelPool({ slots: 1, shape })
  const keeper = new Worker(new URL('keeper.js', import.meta.url))
  const buffer = pool.acquire()
  const { data } = buffer
  data.fill(old)
  keeper.postMessage(data.buffer, [data.buffer])
  assert.deepEqual(await once(keeper, 'message'), ['kept'])
  assert.equal(data.length, moves ? 0 : 1024)
  return { pool, keeper, buffer }
}

async function checkAway(pool: PixelPool, keeper: Worker): Promise<void> {
  await collectAll()
  assert.equal(places(pool), moves ? '1 quarantined' : '1 free')
  const tenant = pool.tryAcquire()
  assert.equal(tenant === null, moves)
  tenant?.data.fill(next)
  keeper.postMessage('show')
  assert.deepEqual(await once(keeper, 'message'), [{ length: 1024, samples: [old] }])
  tenant?.release()
}

function reuse(pool: PixelPool): void {
  const tenant = pool.acquire()
  tenant.data.fill(next)
  assert.ok(tenant.data.every((sample) => sample === next))
  tenant.release()
  assert.equal(places(pool), '1 free')
}

/** A worker's own pool and thread end while this thread holds what it posted. */
async function orphan(end: 'end' | 'terminate', revoke: boolean = true): Promise<void> {
  const buffers = 32
  const workerData = { buffers, end, revoke }
  const worker = new Worker(new URL('owner.js', import.meta.url), { workerData })
  const exited = once(worker, 'exit')
  const [memories] = await once(worker, 'message')
  assert.ok(Array.isArray(memories))
  assert.equal(memories.length, buffers)
  if (end === 'terminate') await worker.terminate()
  await exited
  await collectAll()
  // New mappings would come where an unmapped slab was.
  const pool = new PixelPool({ slots: buffers, slotBytes: 65_536 })
  const tenants = Array.from({ length: buffers }, () => pool.acquire({ width: 128, height: 128 }))
  for (const { data } of tenants) data.fill(next)
  for (const memory of memories) {
    assert.ok(memory instanceof ArrayBuffer)
    const bytes = new Uint8Array(memory)
    assert.equal(bytes.length, 65_536)
    const [first] = bytes
    assert.ok(first === old || first === 0, `it sees ${first}`)
    assert.ok(bytes.every((sample) => sample === first))
    bytes.fill(old)
    assert.ok(bytes.every((sample) => sample === old))
  }
  for (const { data } of tenants) assert.ok(data.every((sample) => sample === next))
  for (const each of tenants) each.release()
  memories.length = 0
  await collectAll()
}
