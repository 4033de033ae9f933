import assert from 'node:assert/strict'
import { markAsUntransferable } from 'node:worker_threads'
import { PixelPool } from '../../../src/index.js'
import { comesBack, type Escaped, filled, old, sees, shape, staysAway } from './escaped.js'
import { collectAll } from './garbage.js'
import { places } from './places.js'
import { play } from './scenario.js'

const next = 0x22

await play({
  transferred,
  shortened,
  cloned,
  streamed,
  retained,
  unrevoked,
  forgotten,
  pinned,
  marked,
})

async function transferred(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  // The first tenancy of a slot, and one after the slot came back.
  for (let round = 1; round <= 2; round++) {
    const buffer = filled(pool)
    const escaped: Escaped = { memory: buffer.data.buffer.transfer() }
    await staysAway(pool, buffer, escaped)
    assert.equal(pool.stats().leaked, 0)
  }
}

async function shortened(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  for (const length of [8, 2048, 0]) {
    const buffer = filled(pool)
    const copy = new Uint8Array(buffer.data.buffer.transfer(length))
    assert.throws(() => buffer.data, { code: 'ERR_BUFFER_ESCAPED' })
    buffer.release()
    // Nothing is left of the slot's own ArrayBuffer: it needs no collection to come back.
    const tenant = await pool.acquireAsync(undefined, { timeout: 2000 })
    tenant.data.fill(next)
    assert.equal(copy.length, length)
    assert.ok(copy.subarray(0, 8).every((sample) => sample === old))
    copy.fill(old)
    assert.ok(tenant.data.every((sample) => sample === next))
    tenant.release()
    assert.equal(places(pool), '1 free')
  }
}

async function cloned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const buffer = filled(pool)
  const { buffer: memory } = buffer.data
  const escaped: Escaped = { memory: structuredClone(memory, { transfer: [memory] }) }
  if ('transfer' in ArrayBuffer.prototype) {
    await staysAway(pool, buffer, escaped)
    return
  }
  // Node 20 copies memory that is not the engine's own.
  assert.ok(buffer.data.every((sample) => sample === old))
  buffer.release()
  pool.acquire().data.fill(next)
  assert.ok(sees(escaped, old))
}

async function streamed(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const buffer = filled(pool)
  const stream = new ReadableStream({
    type: 'bytes',
    start: (controller) => controller.enqueue(new Uint8Array(buffer.data.buffer)),
  })
  await staysAway(pool, buffer, await firstChunk(stream))
}

async function firstChunk(stream: ReadableStream): Promise<Escaped> {
  const reader = stream.getReader()
  const { value } = await reader.read()
  assert.ok(value instanceof Uint8Array)
  assert.ok(value.buffer instanceof ArrayBuffer)
  const { buffer: memory } = value
  await reader.cancel()
  return { memory }
}

async function retained(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const first = filled(pool)
  const second = first.retain()
  const { buffer } = second.data
  // A retained buffer's memory is posted away on every Node: a stream takes what it is given.
  const escaped = await firstChunk(
    new ReadableStream({
      type: 'bytes',
      start: (controller) => controller.enqueue(new Uint8Array(buffer)),
    }),
  )
  assert.throws(() => second.data, { code: 'ERR_BUFFER_ESCAPED' })
  assert.throws(() => second.retain(), { code: 'ERR_BUFFER_ESCAPED' })
  second.release()
  assert.equal(places(pool), '1 leased')
  assert.ok(first.data.every((sample) => sample === old))
  first.release()
  assert.equal(places(pool), '1 quarantined')
  assert.ok(sees(escaped, old))
  await comesBack(pool, escaped)
}

async function unrevoked(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape, revoke: false })
  const buffer = filled(pool)
  await staysAway(pool, buffer, { memory: buffer.data.buffer.transfer() })
}

async function forgotten(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const escaped = takeAndForget(pool)
  await collectAll()
  assert.equal(places(pool), '1 leased')
  assert.ok(sees(escaped, old))
  await comesBack(pool, escaped)
  assert.equal(pool.stats().leaked, 1)
}

function takeAndForget(pool: PixelPool): Escaped {
  return { memory: filled(pool).data.buffer.transfer() }
}

async function pinned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const escaped: Escaped = { memory: null }
  let finish = (): void => {}
  const work = new Promise<void>((resolve) => {
    finish = resolve
  })
  const pin = takePinned(pool, escaped, work)
  assert.equal(places(pool), '1 pinned')
  finish()
  await pin
  assert.equal(places(pool), '1 quarantined')
  assert.ok(sees(escaped, old))
  await comesBack(pool, escaped)
}

function takePinned(pool: PixelPool, escaped: Escaped, work: Promise<void>): Promise<void> {
  const buffer = filled(pool)
  const pin = buffer.pin((data) => {
    escaped.memory = data.buffer.transfer()
    return work
  })
  buffer.release()
  return pin
}

async function marked(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const escaped = releaseMarked(pool)
  if (honoursMark()) {
    assert.equal(places(pool), '1 quarantined')
    assert.equal(pool.tryAcquire(), null)
    assert.ok(sees(escaped, old))
    // Before the end of the process, too: Node aborts when it meets the mark then.
    await comesBack(pool, escaped)
  } else {
    assert.equal(escaped.memory?.byteLength, 0)
    assert.equal(places(pool), '1 free')
  }
  filled(pool).release()
}

function releaseMarked(pool: PixelPool): Escaped {
  const buffer = filled(pool)
  const { buffer: memory } = buffer.data
  markAsUntransferable(memory)
  buffer.release()
  assert.throws(() => buffer.release(), { code: 'ERR_BUFFER_RELEASED' })
  return { memory }
}

/** Node 24 and later refuse to transfer what is marked; earlier ones revoke it as anything else. */
function honoursMark(): boolean {
  const memory = new ArrayBuffer(8)
  if (!('transfer' in memory)) return false
  markAsUntransferable(memory)
  try {
    memory.transfer()
    return false
  } catch {
    return true
  }
}
