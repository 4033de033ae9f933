import assert from 'node:assert/strict'
import { totalmem } from 'node:os'
import { test } from 'node:test'
import {
  type PixelBuffer,
  PixelPool,
  PoolError,
  type PoolOptions,
  type PoolToken,
} from '../src/index.js'
import { native } from '../src/native.js'
import { collectUntil } from './collect.js'
import { checkEquation } from './equation.js'
import { invalid, refusal } from './refusal.js'

const small = { width: 8, height: 8 } // 256 bytes
const make = (options: Partial<PoolOptions> = {}): PixelPool =>
  Reflect.construct(PixelPool, [{ slots: 2, shape: small, ...options }])

const allLeased = (slots: number): string =>
  `all ${slots} buffers are leased; release one first (forgotten ones come back after the event loop turns)`

test('a pool gives buffers of its own shape, and its slots have exactly that size', () => {
  using pool = make()
  const buffer = pool.acquire()
  assert.equal(buffer.width, 8)
  assert.equal(buffer.height, 8)
  assert.equal(buffer.channels, 4)
  assert.equal(buffer.depth, 'uchar')
  assert.equal(buffer.pages, 1)
  assert.equal(buffer.data.byteLength, 256)
  assert.equal(buffer.data.buffer.byteLength, 256)
  assert.equal(pool.slotBytes, 256)
  assert.equal(pool.shape?.length, 256)
})

test('a pool made with slotBytes gives any shape that fits, and has none of its own', () => {
  using pool = new PixelPool({ slots: 2, slotBytes: 1000 })
  const buffer = pool.acquire({ width: 5, height: 5, channels: 3, depth: 'ushort' })
  assert.ok(buffer.data instanceof Uint16Array)
  assert.equal(buffer.data.length, 75)
  assert.equal(buffer.data.buffer.byteLength, 1000)
  assert.equal(pool.shape, null)
  for (const acquire of [() => pool.acquire(), () => pool.tryAcquire()]) {
    assert.throws(
      acquire,
      invalid('shape must be given, since this pool was made with slotBytes, got undefined'),
    )
  }
})

test('every slot starts on a page of memory of its own', () => {
  using pool = make({ slots: 3 })
  const buffers = [pool.acquire(), pool.acquire(), pool.acquire()]
  for (const [i, { data }] of buffers.entries()) data.fill(i + 1)
  for (const [i, { data }] of buffers.entries()) {
    assert.equal(data.byteOffset, 0)
    assert.ok(data.every((sample) => sample === i + 1))
  }
})

test('refuses options in the order of their declaration', () => {
  const refused: [unknown, string | RegExp][] = [
    [undefined, 'options must be an object with slots and shape or slotBytes, got undefined'],
    [null, /got null$/],
    [{}, 'slots must be an integer between 1 and 65536, got undefined'],
    [{ slots: 0 }, /^slots must be .*, got 0$/],
    [{ slots: -3 }, /^slots must be .*, got -3$/],
    [{ slots: 1.5 }, /^slots must be .*, got 1.5$/],
    [{ slots: Number.NaN }, /^slots must be .*, got NaN$/],
    [{ slots: 1e9 }, /^slots must be .*, got 1000000000$/],
    [{ slots: '2' }, /^slots must be .*, got '2'$/],
    [{ slots: 2 }, 'options must have exactly one of shape and slotBytes, got neither'],
    [
      { slots: 2, shape: small, slotBytes: 9 },
      'options must have exactly one of shape and slotBytes, got both',
    ],
    [{ slots: 2, slotBytes: 0 }, /^slotBytes must be an integer (>= 1|between 1 and \d+), got 0$/],
    [
      { slots: 2, slotBytes: 2.5 },
      /^slotBytes must be an integer (>= 1|between 1 and \d+), got 2.5$/,
    ],
    [
      { slots: 2, slotBytes: 2 ** 60 },
      /^slotBytes must be an integer (>= 1|between 1 and \d+), got 1152/,
    ],
    [{ slots: 2, shape: null }, 'shape must be an object with width and height, got null'],
    [{ slots: 2, shape: { width: 0, height: 1 } }, 'width must be an integer >= 1, got 0'],
    [
      { slots: 2, shape: { width: 1e9, height: 1e9 } },
      /^shape bytes must be an integer .*, got 4e18|4000000000000000000$/,
    ],
    [
      { slots: 2, shape: small, clear: 'always' },
      "clear must be one of 'never', 'acquire', 'release', got 'always'",
    ],
    [{ slots: 2, shape: small, revoke: 1 }, 'revoke must be true or false, got 1'],
    [{ slots: 2, shape: small, hugePages: 'yes' }, "hugePages must be true or false, got 'yes'"],
    [{ slots: 2, shape: small, leaks: 'all' }, "leaks must be one of 'count', 'trace', got 'all'"],
  ]
  for (const [options, message] of refused) {
    assert.throws(() => Reflect.construct(PixelPool, [options]), invalid(message))
  }
})

test('refuses a slab that is more than this process may use, and makes nothing', () => {
  const before = process.memoryUsage().external
  const slots = Math.ceil((totalmem() / 33_177_600) * 1.5)
  assert.throws(
    () => new PixelPool({ slots, shape: { width: 3840, height: 2160 } }),
    refusal(
      'ERR_OUT_OF_MEMORY',
      /^\d+ slots of 33177600 bytes are \d+ bytes, this process may use \d+; make the pool smaller$/,
    ),
  )
  assert.ok(process.memoryUsage().external < before + 1_000_000)
})

test('refuses a runtime that forbids external ArrayBuffers', (t) => {
  t.mock.method(native, 'canWrap', () => false)
  assert.throws(
    () => make(),
    refusal(
      'ERR_UNSUPPORTED_RUNTIME',
      'this runtime forbids external ArrayBuffers (Electron does); use plain buffers here',
    ),
  )
})

test('refuses a slab that the system does not give', (t) => {
  t.mock.method(native, 'createPool', () => 'out of memory')
  assert.throws(
    () => make(),
    refusal('ERR_OUT_OF_MEMORY', 'the system refuses 512 bytes for 2 slots; make the pool smaller'),
  )
})

test('refuses a shape larger than a slot, with both sizes', async () => {
  using pool = make()
  const large = { width: 9, height: 8, pages: 2 }
  const refused = refusal(
    'ERR_SHAPE_TOO_LARGE',
    '2 pages of 9x8x4 uchar needs 576 bytes, a slot has 256; make a pool with larger slots',
  )
  assert.throws(() => pool.acquire(large), refused)
  assert.throws(() => pool.tryAcquire(large), refused)
  await assert.rejects(pool.acquireAsync(large), refused)
  await assert.rejects(
    pool.use(large, () => {}),
    refused,
  )
  assert.equal(pool.stats().acquires, 0)
})

test('acquire throws and tryAcquire answers null when all slots are leased', () => {
  using pool = make()
  const a = pool.acquire()
  pool.acquire()
  assert.throws(() => pool.acquire(), refusal('ERR_POOL_EXHAUSTED', allLeased(2)))
  assert.equal(pool.tryAcquire(), null)
  assert.equal(pool.stats().exhausted, 2)
  a.release()
  assert.notEqual(pool.tryAcquire(), null)
})

test('an exhausted pool says what its slots are doing', async () => {
  using pool = make({ slots: 3 })
  const pinned = pool.acquire()
  const done = withResolvers()
  const pin = pinned.pin(() => done.promise)
  pinned.release()
  pool.acquire()
  pool.acquire()
  assert.throws(
    () => pool.acquire(),
    refusal(
      'ERR_POOL_EXHAUSTED',
      /^all 3 buffers are taken \(2 leased, 1 pinned, 0 quarantined\);/,
    ),
  )
  done.resolve()
  await pin
})

test('the slot released last is leased next', () => {
  using pool = make({ slots: 3 })
  const a = pool.acquire()
  const b = pool.acquire()
  a.data.fill(1)
  b.data.fill(2)
  a.release()
  b.release()
  assert.equal(pool.acquire().data[0], 2)
  assert.equal(pool.acquire().data[0], 1)
})

test('a buffer holds what the last tenant left, unless the pool clears', () => {
  for (const clear of ['never', 'acquire', 'release'] as const) {
    for (const revoke of [true, false]) {
      using pool = new PixelPool({ slots: 1, slotBytes: 512, clear, revoke })
      const first = pool.acquire({ width: 64, height: 2 })
      assert.ok(first.data.every((sample) => sample === 0))
      first.data.fill(77)
      first.release()
      // A smaller picture: the rest of its ArrayBuffer must not show the last one either.
      const second = pool.acquire({ width: 1, height: 1 })
      const all = new Uint8Array(second.data.buffer)
      assert.equal(all.length, 512)
      assert.ok(all.every((sample) => sample === (clear === 'never' ? 77 : 0)))
    }
  }
})

test('acquireAsync answers at once while slots are free', async () => {
  using pool = make()
  const buffer = await pool.acquireAsync()
  assert.equal(buffer.byteLength, 256)
  assert.equal(pool.stats().exhausted, 0)
})

test('acquireAsync waits its turn, and a synchronous acquire does not overtake', async () => {
  using pool = make({ slots: 1 })
  const held = pool.acquire()
  const order: number[] = []
  const waits = [1, 2, 3].map(async (n) => {
    const buffer = await pool.acquireAsync(n === 2 ? { width: 2, height: 2 } : undefined)
    order.push(n)
    assert.equal(buffer.width, n === 2 ? 2 : 8)
    buffer.release()
  })
  assert.equal(pool.stats().waiting, 3)
  assert.throws(
    () => pool.acquire(),
    refusal('ERR_POOL_EXHAUSTED', '3 callers wait in line; use acquireAsync() to join'),
  )
  assert.equal(pool.tryAcquire(), null)
  held.release()
  assert.equal(pool.stats().leased, 1, 'the slot went straight to the first in line')
  assert.equal(pool.tryAcquire(), null)
  await Promise.all(waits)
  assert.deepEqual(order, [1, 2, 3])
  assert.equal(pool.stats().free, 1)
})

test('a waiter is served when a pin ends', async () => {
  using pool = make({ slots: 1 })
  const held = pool.acquire()
  const done = withResolvers()
  const pin = held.pin(() => done.promise)
  held.release()
  const wait = pool.acquireAsync()
  assert.equal(pool.stats().waiting, 1)
  done.resolve()
  await pin
  assert.equal((await wait).released, false)
})

test('an aborted wait rejects with the reason and gives up its place', async () => {
  using pool = make({ slots: 1 })
  const held = pool.acquire()
  const controller = new AbortController()
  const gone = pool.acquireAsync(undefined, { signal: controller.signal })
  const next = pool.acquireAsync()
  controller.abort()
  await assert.rejects(gone, { name: 'AbortError' })
  held.release()
  ;(await next).release()
  assert.equal(checkEquation(pool).free, 1)
  await assert.rejects(pool.acquireAsync(undefined, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  })
  assert.equal(pool.stats().free, 1, 'nothing was acquired for it')
})

test('a wait with a timeout rejects when it is over', async () => {
  using pool = make({ slots: 1 })
  pool.acquire()
  await assert.rejects(
    pool.acquireAsync(undefined, { timeout: 5 }),
    refusal('ERR_ACQUIRE_TIMEOUT', /^no buffer became free within 5 ms/),
  )
  assert.equal(pool.stats().waiting, 0)
})

test('refuses a signal, a timeout and wait options that are none', async () => {
  using pool = make()
  const wait = (options: unknown): Promise<unknown> =>
    Reflect.apply(pool.acquireAsync, pool, [undefined, options])
  await assert.rejects(wait(null), invalid(/^options must be an object/))
  await assert.rejects(wait({ signal: 1 }), invalid('signal must be an AbortSignal, got 1'))
  for (const timeout of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5']) {
    await assert.rejects(
      wait({ timeout }),
      invalid(/^timeout must be a number of ms between 0 and 2147483647, got /),
    )
  }
  assert.equal(pool.stats().acquires, 0)
})

test('use waits for a slot, awaits the callback and releases whatever happens', async () => {
  using pool = make({ slots: 1 })
  let kept: PixelBuffer | undefined
  const answer = await pool.use(async (buffer) => {
    kept = buffer
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(buffer.released, false)
    return buffer.width
  })
  assert.equal(answer, 8)
  assert.equal(kept?.released, true)

  await assert.rejects(
    pool.use({ width: 2, height: 3 }, (buffer) => {
      kept = buffer
      throw new Error(`at ${buffer.height}`)
    }),
    /at 3/,
  )
  assert.equal(kept?.released, true)
  await pool.use((buffer) => buffer.release())
  assert.equal(checkEquation(pool).free, 1)
})

test('use with a shape of undefined takes the own shape, and refuses what is no function', async () => {
  using pool = make()
  assert.equal(await pool.use(undefined, (buffer) => buffer.width), 8)
  await assert.rejects(
    Reflect.apply(pool.use, pool, [small]),
    invalid('callback must be a function, got undefined'),
  )
  await assert.rejects(
    Reflect.apply(pool.use, pool, [small, 3]),
    invalid('callback must be a function, got 3'),
  )
  assert.equal(pool.stats().acquires, 1)
})

test('a closed pool takes no acquires, in the name of the method that was called', async () => {
  const pool = make()
  pool.close()
  pool.close()
  assert.equal(pool.closed, true)
  const refused = (method: string): ((error: unknown) => true) =>
    refusal('ERR_POOL_CLOSED', `${method} was called on a closed pool; make a new one`)
  assert.throws(() => pool.acquire(), refused('acquire()'))
  assert.throws(() => pool.tryAcquire(), refused('tryAcquire()'))
  await assert.rejects(pool.acquireAsync(), refused('acquireAsync()'))
  await assert.rejects(
    pool.use(() => {}),
    refused('use()'),
  )
  assert.equal(pool.trim(), 0)
  assert.equal(checkEquation(pool).free, 2)
})

test('close sends away those who wait and leaves buffers in hand valid', async () => {
  const pool = make({ slots: 1 })
  const held = pool.acquire()
  held.data.fill(9)
  const waits = [pool.acquireAsync(), pool.acquireAsync(undefined, { timeout: 60_000 })]
  pool.close()
  for (const wait of waits) {
    await assert.rejects(
      wait,
      refusal('ERR_POOL_CLOSED', 'the pool was closed while a caller waited; make a new one'),
    )
  }
  assert.ok(held.data.every((sample) => sample === 9))
  assert.ok(pool.stats().residentBytes > 0)
  held.release()
  assert.equal(checkEquation(pool).residentBytes, 0)
})

test('trim gives back what free slots hold and answers how much', () => {
  using pool = new PixelPool({ slots: 4, shape: { width: 512, height: 512 }, hugePages: false })
  const buffers = [pool.acquire(), pool.acquire(), pool.acquire()]
  for (const { data } of buffers) data.fill(1)
  buffers[0]?.release()
  buffers[2]?.release()
  const before = pool.stats().residentBytes
  const bytes = pool.trim()
  assert.equal(bytes, 2 * 1024 * 1024)
  assert.equal(pool.stats().residentBytes, before - bytes)
  assert.equal(pool.stats().trimmedBytes, bytes)
  assert.ok(buffers[1]?.data.every((sample) => sample === 1))
  assert.equal(pool.acquire().data[0], 0)
})

test('stats are plain numbers under the names of the contract', () => {
  using pool = make()
  const stats = checkEquation(pool)
  assert.deepEqual(Object.keys(stats).sort(), [
    'acquires',
    'exhausted',
    'free',
    'leaked',
    'leased',
    'leasedBytes',
    'peakLeased',
    'pinned',
    'quarantined',
    'regrownBytes',
    'releases',
    'reservedBytes',
    'residentBytes',
    'slotBytes',
    'slots',
    'trimmedBytes',
    'trimmingMs',
    'waiting',
  ])
  for (const value of Object.values(stats)) assert.equal(typeof value, 'number')
})

test('errors are PoolErrors with a stack that begins at the caller', () => {
  using pool = make({ slots: 1 })
  pool.acquire()
  try {
    pool.acquire()
    assert.fail('no error')
  } catch (error) {
    assert.ok(error instanceof PoolError)
    assert.match(error.stack ?? '', /pool\.test/)
  }
})

// --- one pool for all threads: two pool objects in one thread are two threads' ends of it

const expired = refusal(
  'ERR_LEASE_EXPIRED',
  'the token was adopted already, ran out of time, or is of another pool; move() a buffer again',
)

test('a shared pool is one: its slots, its numbers, and pixels that change hands', () => {
  using pool = make({ slots: 1 })
  using other = PixelPool.attach(structuredClone(pool.share()))
  assert.deepEqual(other.shape, pool.shape)
  assert.equal(other.slotBytes, 256)
  const buffer = pool.acquire()
  buffer.data.fill(7)
  assert.equal(other.tryAcquire(), null)
  assert.equal(other.stats().leased, 1)
  buffer.release()
  const next = other.acquire()
  assert.ok(next.data.every((sample) => sample === 7))
  assert.deepEqual(checkEquation(pool), checkEquation(other))
})

test('share gives the same token each time, and any end of a pool can share it', () => {
  using pool = make()
  assert.deepEqual(pool.share(), pool.share())
  using other = PixelPool.attach(pool.share())
  using third = PixelPool.attach(other.share())
  pool.close()
  assert.equal(third.stats().slots, 2)
  assert.equal(third.acquire().width, 8)
})

test('a pool without revocation is not shared', () => {
  using pool = make({ revoke: false })
  assert.throws(
    () => pool.share(),
    invalid('revoke must be true in a pool that is shared, got false'),
  )
  assert.equal(pool.acquire().width, 8)
})

test('a closed pool is not shared', () => {
  const pool = make()
  const token = pool.share()
  using other = PixelPool.attach(token)
  pool.close()
  assert.throws(
    () => pool.share(),
    refusal('ERR_POOL_CLOSED', 'share() was called on a closed pool; make a new one'),
  )
  PixelPool.attach(token).close()
  assert.equal(other.closed, false)
})

test('what is no token of a pool is refused', () => {
  using pool = make()
  const moved = pool.acquire().move()
  for (const [token, shown] of [
    [null, 'null'],
    [pool.share().key, `'${pool.share().key}'`],
    [moved, 'an object'],
  ]) {
    assert.throws(
      () => Reflect.apply(PixelPool.attach, PixelPool, [token]),
      invalid(`token must be what share() gave, got ${shown}`),
    )
  }
  assert.equal(pool.stats().leased, 1)
  pool.adopt(moved).release()
})

test('memory is kept until the last end has closed', () => {
  const pool = make({ slots: 1 })
  const other = PixelPool.attach(pool.share())
  const buffer = pool.acquire()
  buffer.data.fill(3)
  buffer.release()
  pool.close()
  assert.equal(pool.closed, true)
  assert.equal(other.closed, false)
  assert.ok(other.stats().residentBytes > 0)
  assert.equal(other.acquire().data[0], 3)
  other.close()
  assert.throws(
    () => other.acquire(),
    refusal('ERR_POOL_CLOSED', 'acquire() was called on a closed pool; make a new one'),
  )
})

test('a buffer of a closed end is valid, and comes back to those who have it open', () => {
  const pool = make({ slots: 1 })
  using other = PixelPool.attach(pool.share())
  const buffer = pool.acquire()
  buffer.data.fill(4)
  pool.close()
  assert.equal(buffer.data[0], 4)
  const second = buffer.retain()
  buffer.release()
  assert.equal(other.tryAcquire(), null)
  second.release()
  assert.equal(other.acquire().data[0], 4)
})

test('the line is one: first come first served, at whichever end', async () => {
  using pool = make({ slots: 1 })
  using other = PixelPool.attach(pool.share())
  const held = pool.acquire()
  const order: number[] = []
  const waits = [pool, other, other, pool].map(async (end, i) => {
    const buffer = await end.acquireAsync()
    order.push(i)
    buffer.release()
  })
  for (const end of [pool, other]) {
    assert.equal(end.stats().waiting, 4)
    assert.throws(
      () => end.acquire(),
      refusal('ERR_POOL_EXHAUSTED', '4 callers wait in line; use acquireAsync() to join'),
    )
  }
  held.release()
  await Promise.all(waits)
  assert.deepEqual(order, [0, 1, 2, 3])
  assert.equal(checkEquation(pool).free, 1)
})

test('a slot that was granted to one who gives up goes to the next in line', async () => {
  for (const way of ['abort', 'close'] as const) {
    using pool = make({ slots: 1 })
    using other = PixelPool.attach(pool.share())
    using third = PixelPool.attach(pool.share())
    const held = pool.acquire()
    const controller = new AbortController()
    const gone = other.acquireAsync(undefined, { signal: controller.signal })
    const next = third.acquireAsync()
    held.release()
    assert.equal(pool.stats().waiting, 1, "the slot is the first one's before he knows")
    if (way === 'abort') controller.abort()
    else other.close()
    await assert.rejects(
      gone,
      way === 'abort' ? { name: 'AbortError' } : { code: 'ERR_POOL_CLOSED' },
    )
    assert.equal((await next).released, false)
    assert.equal(checkEquation(pool).leased, 1)
  }
})

test('close sends away those who wait at its own end only', async () => {
  const pool = make({ slots: 1 })
  using other = PixelPool.attach(pool.share())
  const held = other.acquire()
  const sent = pool.acquireAsync()
  const kept = other.acquireAsync()
  pool.close()
  await assert.rejects(
    sent,
    refusal('ERR_POOL_CLOSED', 'the pool was closed while a caller waited; make a new one'),
  )
  assert.equal(other.stats().waiting, 1)
  held.release()
  assert.equal((await kept).released, false)
})

test('a moved buffer is adopted once, with its shape and pixels', () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 1000 })
  using other = PixelPool.attach(pool.share())
  const buffer = pool.acquire({ width: 3, height: 2, channels: 1, depth: 'float', pages: 2 })
  buffer.data.fill(0.5)
  const token = structuredClone(buffer.move())
  assert.equal(checkEquation(pool).leased, 1)
  const adopted = other.adopt(token)
  assert.deepEqual(adopted.shape, buffer.shape)
  assert.ok(adopted.data instanceof Float32Array)
  assert.equal(adopted.data.length, 12)
  assert.ok(adopted.data.every((sample) => sample === 0.5))
  for (const end of [pool, other]) assert.throws(() => end.adopt(token), expired)
  assert.equal(adopted.data[0], 0.5)
  adopted.release()
  const { acquires, releases, free } = checkEquation(pool)
  assert.deepEqual({ acquires, releases, free }, { acquires: 1, releases: 1, free: 1 })
})

test('a buffer goes from hand to hand and back, and its first view stays empty', () => {
  using pool = make({ slots: 1 })
  using other = PixelPool.attach(pool.share())
  let buffer = pool.acquire()
  const view = buffer.data
  for (let i = 0; i < 20; i++) {
    buffer.data.fill(i)
    buffer = (i % 2 === 0 ? other : pool).adopt(buffer.move())
    assert.ok(buffer.data.every((sample) => sample === i))
    assert.equal(view.length, 0)
  }
  buffer.release()
  const { acquires, releases, leaked } = checkEquation(pool)
  assert.deepEqual({ acquires, releases, leaked }, { acquires: 1, releases: 1, leaked: 0 })
})

test('a move that nobody adopts in time comes back, and cannot be adopted', async () => {
  using pool = make({ slots: 1 })
  for (const expires of [0, 0.5, 5]) {
    const token = pool.acquire().move({ expires })
    const end = performance.now() + expires
    while (performance.now() <= end) await new Promise((resolve) => setImmediate(resolve))
    assert.throws(() => pool.adopt(token), expired)
    const { free, acquires, releases } = checkEquation(pool)
    assert.equal(free, 1)
    assert.equal(acquires, releases)
  }
})

test('who finds all slots taken gets the one whose move has run out, and was not refused', () => {
  using pool = make({ slots: 1 })
  pool.acquire().move({ expires: 0 })
  const buffer = pool.tryAcquire()
  assert.notEqual(buffer, null)
  assert.equal(pool.stats().exhausted, 0)
})

test('who waits gets the slot of a move that runs out, within a second or so', async () => {
  using pool = make({ slots: 1 })
  pool.acquire().move({ expires: 10 })
  const buffer = await pool.acquireAsync()
  assert.equal(buffer.released, false)
  assert.equal(checkEquation(pool).leased, 1)
})

test('moves end when the last end closes', () => {
  const pool = make({ slots: 1 })
  const other = PixelPool.attach(pool.share())
  const token = pool.acquire().move()
  pool.close()
  assert.equal(other.stats().leased, 1)
  assert.throws(
    () => pool.adopt(token),
    refusal('ERR_POOL_CLOSED', 'adopt() was called on a closed pool; make a new one'),
  )
  other.close()
  const { free, acquires, releases } = checkEquation(other)
  assert.deepEqual({ free, acquires, releases }, { free: 1, acquires: 1, releases: 1 })
})

test('adopt refuses what is no token of this pool, and the moved buffer is still to be had', () => {
  using pool = make()
  using stranger = make()
  const token = pool.acquire().move()
  const before = pool.stats()
  const refused = (given: unknown, how: (error: unknown) => true): void => {
    assert.throws(() => Reflect.apply(pool.adopt, pool, [given]), how)
    assert.deepEqual(pool.stats(), before)
  }
  const malformed = (shown: string): ((error: unknown) => true) =>
    invalid(`token must be what move() gave, got ${shown}`)
  refused(null, malformed('null'))
  refused(token.key, malformed(`'${token.key}'`))
  refused(pool.share(), malformed('an object'))
  refused({ ...token, key: 'f'.repeat(31) }, malformed('an object'))
  refused({ ...token, key: 'f'.repeat(32) }, expired)
  refused(
    { ...token, shape: { ...token.shape, depth: 'half' } },
    invalid(/^depth must be one of .*, got 'half'$/),
  )
  refused(
    { ...token, shape: { ...token.shape, pages: 2 } },
    refusal(
      'ERR_SHAPE_TOO_LARGE',
      '2 pages of 8x8x4 uchar needs 512 bytes, a slot has 256; make a pool with larger slots',
    ),
  )
  assert.throws(() => stranger.adopt(token), expired)
  assert.equal(stranger.stats().free, 2)
  pool.adopt(token).release()
})

test('a token with another shape that fits shows the same slot in that shape', () => {
  using pool = make()
  const buffer = pool.acquire()
  buffer.data.fill(1)
  const token = buffer.move()
  const other = pool.adopt({ ...token, shape: { ...token.shape, width: 2, depth: 'ushort' } })
  assert.ok(other.data instanceof Uint16Array)
  assert.equal(other.data.length, 64)
  assert.ok(other.data.every((sample) => sample === 257))
})

test('a pool object that is forgotten closes its end, and what it held is found', async () => {
  using pool = make({ slots: 2 })
  const token = pool.share()
  const forget = (): void => {
    PixelPool.attach(token).acquire()
  }
  forget()
  assert.equal(pool.stats().leased, 1)
  assert.ok(await collectUntil(() => pool.stats().leaked === 1))
  assert.equal(checkEquation(pool).free, 2)

  const last = ((): PoolToken => {
    const dropped = make()
    PixelPool.attach(dropped.share())
    return dropped.share()
  })()
  let turns = 0
  const isClosed = (): boolean => {
    if (++turns % 5 !== 0) return false // to attach looks at all pools, and holds them for a turn
    try {
      PixelPool.attach(last).close()
      return false
    } catch (error) {
      return error instanceof PoolError && error.code === 'ERR_POOL_CLOSED'
    }
  }
  assert.ok(await collectUntil(isClosed))
})

interface Settled {
  promise: Promise<void>
  resolve(): void
}

function withResolvers(): Settled {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
