import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PixelArena, PixelBuffer, PixelPool, PoolError } from '../src/index.js'
import { canTransfer } from '../src/revoke.js'
import { toShape } from '../src/shape.js'
import { newKey } from '../src/tokens.js'
import { checkArena, checkEquation } from './equation.js'

// Every method of a buffer, a pool and an arena, in every state it can be in. 'ok' stands for whatever
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
  scratch: (buffer) => buffer.scratch,
  move: (buffer) => buffer.move(),
  release: (buffer) => buffer.release(),
  dispose: (buffer) => buffer[Symbol.dispose](),
}

const never = new Promise<void>(() => {})

const held: (PixelBuffer | PixelPool | PixelArena)[] = []

/** A buffer that nobody holds may come back in the middle of a test, and a pool be closed. */
function hold(buffer: PixelBuffer | PixelPool | PixelArena): void {
  held.push(buffer)
}

/** Brings a buffer into a state, or answers another one that is in it. */
const bufferStates: Record<string, (buffer: PixelBuffer, pool: PixelPool) => unknown> = {
  leased: () => {},
  retained: (buffer) => hold(buffer.retain()),
  pinned: (buffer) => void buffer.pin(() => never),
  'leased from a pool closed since': (_, pool) => pool.close(),
  'leased from a pool closed here only': (_, pool) => {
    hold(PixelPool.attach(pool.share()))
    pool.close()
  },
  adopted: (buffer, pool) => pool.adopt(buffer.move()),
  'adopted at another end': (buffer, pool) => {
    return PixelPool.attach(pool.share()).adopt(buffer.move())
  },
  'released by a move': (buffer) => buffer.move(),
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

/** Only where views are revoked are pools shared and buffers moved. */
const revokingStates = [
  'leased from a pool closed here only',
  'adopted',
  'adopted at another end',
  'released by a move',
]

function bufferOutcome(state: string, method: string, revoke: boolean): Outcome {
  const reads = ['data', 'retain', 'pin', 'scratch', 'move']
  if (state.startsWith('released')) {
    return reads.includes(method) || method === 'release' ? 'ERR_BUFFER_RELEASED' : 'ok'
  }
  if (state === 'escaped' && reads.includes(method)) return 'ERR_BUFFER_ESCAPED'
  if (method !== 'move') return 'ok'
  if (state === 'leased from a pool closed since') return 'ERR_POOL_CLOSED'
  return revoke && state !== 'retained' && state !== 'pinned' ? 'ok' : 'ERR_BUFFER_HELD'
}

for (const [state, bring] of Object.entries(bufferStates)) {
  for (const [method, call] of Object.entries(bufferMethods)) {
    for (const revoke of revokingStates.includes(state) ? [true] : [true, false]) {
      const expected = bufferOutcome(state, method, revoke)
      const way = revoke ? '' : ', without revocation,'
      test(`a buffer that is ${state}: ${method}${way} is ${expected}`, async () => {
        const pool = new PixelPool({ slots: 2, shape: { width: 4, height: 4 }, revoke })
        const buffer = pool.acquire()
        const brought = bring(buffer, pool)
        const subject = brought instanceof PixelBuffer ? brought : buffer
        const before = pool.stats()
        assert.equal(await outcome(() => call(subject)), expected)
        checkEquation(pool)
        if (expected !== 'ok') assert.deepEqual(pool.stats(), before, 'a refusal changes nothing')
        pool.close()
      })
    }
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
  share: (pool) => pool.share(),
  adopt: (pool) => pool.adopt(unknownToken),
}

const unknownToken = {
  pixelpool: 'buffer',
  key: newKey(),
  shape: toShape({ width: 4, height: 4 }),
} as const

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
  'attached elsewhere': (pool) => hold(PixelPool.attach(pool.share())),
  'all leased elsewhere': (pool) => {
    const other = PixelPool.attach(pool.share())
    hold(other.acquire())
    hold(other.acquire())
  },
  'all leased by moves': (pool) => {
    pool.acquire().move()
    pool.acquire().move()
  },
  closed: (pool) => pool.close(),
  'closed with buffers out': (pool) => {
    hold(pool.acquire())
    pool.close()
  },
  'closed here only': (pool) => {
    hold(PixelPool.attach(pool.share()))
    pool.close()
  },
}

function poolOutcome(state: string, method: string): Outcome {
  const acquires = ['acquire', 'tryAcquire', 'acquireAsync', 'use']
  const needsOpen = [...acquires, 'share', 'adopt']
  if (state.startsWith('closed') && needsOpen.includes(method)) return 'ERR_POOL_CLOSED'
  if (method === 'adopt') return 'ERR_LEASE_EXPIRED'
  if (!acquires.includes(method)) return 'ok'
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

const shape = { width: 128, height: 128 } // 65,536 bytes

const arenaMethods: Record<string, (arena: PixelArena) => unknown> = {
  acquire: (arena) => arena.acquire(shape),
  tryAcquire: (arena) => arena.tryAcquire(shape),
  acquireAsync: (arena) => arena.acquireAsync(shape, { timeout: 1 }),
  use: (arena) => arena.use(shape, () => 1),
  stats: (arena) => arena.stats(),
  advise: (arena) => arena.advise(),
  budget: (arena) => arena.budget,
  trim: (arena) => arena.trim(),
  close: (arena) => arena.close(),
  dispose: (arena) => arena[Symbol.dispose](),
  closed: (arena) => arena.closed,
  share: (arena) => arena.share(),
  adopt: (arena) => arena.adopt(unknownToken),
  'acquire of no shape': (arena) => Reflect.apply(arena.acquire, arena, []),
  'acquire of what is too large': (arena) => arena.acquire({ width: 129, height: 256 }),
}

const arenaStates: Record<string, (arena: PixelArena) => void> = {
  fresh: () => {},
  idle: (arena) => arena.acquire(shape).release(),
  'idle in another size': (arena) => arena.acquire({ width: 128, height: 256 }).release(),
  'partly leased': (arena) => hold(arena.acquire(shape)),
  'all leased': (arena) => hold(arena.acquire({ width: 128, height: 256 })),
  'all leased or pinned': (arena) => {
    hold(arena.acquire(shape))
    const pinned = arena.acquire(shape)
    pinned.pin(() => never)
    pinned.release()
  },
  'waited for': (arena) => {
    hold(arena.acquire({ width: 128, height: 256 }))
    arena.acquireAsync(shape).catch(() => {})
  },
  'waited for by who needs all of it': (arena) => {
    hold(arena.acquire(shape))
    arena.acquireAsync({ width: 128, height: 256 }).catch(() => {})
  },
  'attached elsewhere': (arena) => hold(PixelArena.attach(arena.share())),
  'all leased elsewhere': (arena) => {
    hold(PixelArena.attach(arena.share()).acquire({ width: 128, height: 256 }))
  },
  'all leased by a move': (arena) => {
    arena.acquire({ width: 128, height: 256 }).move()
  },
  closed: (arena) => arena.close(),
  'closed with buffers out': (arena) => {
    hold(arena.acquire(shape))
    arena.close()
  },
  'closed here only': (arena) => {
    hold(PixelArena.attach(arena.share()))
    arena.close()
  },
}

function arenaOutcome(state: string, method: string): Outcome {
  if (method === 'acquire of no shape') return 'ERR_INVALID_ARGUMENT'
  if (method === 'acquire of what is too large') return 'ERR_SHAPE_TOO_LARGE'
  return poolOutcome(state.startsWith('waited for') ? 'waited for' : state, method)
}

for (const [state, bring] of Object.entries(arenaStates)) {
  for (const [method, call] of Object.entries(arenaMethods)) {
    const expected = arenaOutcome(state, method)
    if (method === 'use' && expected === 'ERR_ACQUIRE_TIMEOUT') continue // it would wait for ever
    test(`an arena that is ${state}: ${method} is ${expected}`, async () => {
      const arena = new PixelArena({ budget: 131_072, hugePages: false })
      bring(arena)
      assert.equal(await outcome(() => call(arena)), expected)
      const { leasedBytes, wastedBytes, idleBytes, heldBytes } = checkArena(arena)
      assert.equal(leasedBytes + wastedBytes + idleBytes, heldBytes)
      arena.close()
      arena.close()
    })
  }
}
