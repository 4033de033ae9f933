import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PixelBuffer, PixelPool, PoolError } from '../src/index.js'
import { canTransfer } from '../src/revoke.js'
import { checkEquation } from './equation.js'

// Every method of a buffer and of a pool, in every state it can be in. 'ok' stands for whatever
// the method answers; the tables are the specification, the tests beside them tell the details.

type Outcome = 'ok' | 'null' | PoolError['code']

async function outcome(call: () => unknown): Promise<Outcome> {
  try {
    return (await call()) === null ? 'null' : 'ok'
  } catch (error) {
    assert.ok(error instanceof PoolError, `a PoolError, got ${error}`)
    return error.code
  }
}

const bufferMethods: Record<string, (buffer: PixelBuffer) => unknown> = {
  data: (buffer) => buffer.data,
  shape: (buffer) => buffer.shape,
  width: (buffer) => buffer.width,
  height: (buffer) => buffer.height,
  channels: (buffer) => buffer.channels,
  depth: (buffer) => buffer.depth,
  pages: (buffer) => buffer.pages,
  byteLength: (buffer) => buffer.byteLength,
  raw: (buffer) => buffer.raw,
  released: (buffer) => buffer.released,
  retain: (buffer) => buffer.retain(),
  pin: (buffer) => buffer.pin(() => 1),
  release: (buffer) => buffer.release(),
  dispose: (buffer) => buffer[Symbol.dispose](),
}

const never = new Promise<void>(() => {})

const held: PixelBuffer[] = []

/** A buffer that nobody holds may come back in the middle of a test. */
function hold(buffer: PixelBuffer): void {
  held.push(buffer)
}

const bufferStates: Record<string, (buffer: PixelBuffer, pool: PixelPool) => void> = {
  leased: () => {},
  retained: (buffer) => hold(buffer.retain()),
  pinned: (buffer) => void buffer.pin(() => never),
  'leased from a pool closed since': (_, pool) => pool.close(),
  released: (buffer) => buffer.release(),
  'released while retained': (buffer) => {
    hold(buffer.retain())
    buffer.release()
  },
  'released while pinned': (buffer) => {
    buffer.pin(() => never)
    buffer.release()
  },
  'released after the pool closed': (buffer, pool) => {
    pool.close()
    buffer.release()
  },
  ...(canTransfer && {
    escaped: (buffer: PixelBuffer) => void buffer.data.buffer.transfer(),
    'released after it escaped': (buffer: PixelBuffer) => {
      buffer.data.buffer.transfer()
      buffer.release()
    },
  }),
}

function bufferOutcome(state: string, method: string): Outcome {
  const reads = ['data', 'retain', 'pin']
  if (state.startsWith('released')) {
    return reads.includes(method) || method === 'release' ? 'ERR_BUFFER_RELEASED' : 'ok'
  }
  return state === 'escaped' && reads.includes(method) ? 'ERR_BUFFER_ESCAPED' : 'ok'
}

for (const [state, bring] of Object.entries(bufferStates)) {
  for (const [method, call] of Object.entries(bufferMethods)) {
    const expected = bufferOutcome(state, method)
    test(`a buffer that is ${state}: ${method} is ${expected}`, async () => {
      for (const revoke of [true, false]) {
        const pool = new PixelPool({ slots: 2, shape: { width: 4, height: 4 }, revoke })
        const buffer = pool.acquire()
        bring(buffer, pool)
        assert.equal(await outcome(() => call(buffer)), expected)
        checkEquation(pool)
        pool.close()
      }
    })
  }
}

const poolMethods: Record<string, (pool: PixelPool) => unknown> = {
  acquire: (pool) => pool.acquire(),
  tryAcquire: (pool) => pool.tryAcquire(),
  acquireAsync: (pool) => pool.acquireAsync(undefined, { timeout: 1 }),
  use: (pool) => pool.use(() => 1),
  stats: (pool) => pool.stats(),
  trim: (pool) => pool.trim(),
  close: (pool) => pool.close(),
  dispose: (pool) => pool[Symbol.dispose](),
  closed: (pool) => pool.closed,
}

const poolStates: Record<string, (pool: PixelPool) => void> = {
  fresh: () => {},
  idle: (pool) => pool.acquire().release(),
  'partly leased': (pool) => hold(pool.acquire()),
  'all leased': (pool) => {
    hold(pool.acquire())
    hold(pool.acquire())
  },
  'all leased or pinned': (pool) => {
    hold(pool.acquire())
    const pinned = pool.acquire()
    pinned.pin(() => never)
    pinned.release()
  },
  'waited for': (pool) => {
    hold(pool.acquire())
    hold(pool.acquire())
    pool.acquireAsync().catch(() => {})
  },
  closed: (pool) => pool.close(),
  'closed with buffers out': (pool) => {
    hold(pool.acquire())
    pool.close()
  },
}

function poolOutcome(state: string, method: string): Outcome {
  const acquires = ['acquire', 'tryAcquire', 'acquireAsync', 'use']
  if (!acquires.includes(method)) return 'ok'
  if (state.startsWith('closed')) return 'ERR_POOL_CLOSED'
  if (!state.startsWith('all') && state !== 'waited for') return 'ok'
  if (method === 'acquire') return 'ERR_POOL_EXHAUSTED'
  return method === 'tryAcquire' ? 'null' : 'ERR_ACQUIRE_TIMEOUT'
}

for (const [state, bring] of Object.entries(poolStates)) {
  for (const [method, call] of Object.entries(poolMethods)) {
    const expected = poolOutcome(state, method)
    if (method === 'use' && expected === 'ERR_ACQUIRE_TIMEOUT') continue // it would wait for ever
    test(`a pool that is ${state}: ${method} is ${expected}`, async () => {
      const pool = new PixelPool({ slots: 2, shape: { width: 4, height: 4 } })
      bring(pool)
      assert.equal(await outcome(() => call(pool)), expected)
      checkEquation(pool)
      pool.close()
      pool.close()
    })
  }
}
