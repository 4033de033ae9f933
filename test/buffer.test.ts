import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markAsUntransferable } from 'node:worker_threads'
import { PixelBuffer, PixelPool } from '../src/index.js'
import { canTransfer, revoke } from '../src/revoke.js'
import { toShape } from '../src/shape.js'
import { collectUntil } from './collect.js'
import { checkEquation } from './equation.js'
import { invalid, refusal } from './refusal.js'

const makePool = (): PixelPool => new PixelPool({ slots: 2, shape: { width: 8, height: 4 } })
const releasedTwice = refusal(
  'ERR_BUFFER_RELEASED',
  'release() was called after release() or move(); a buffer ends once',
)

test('a buffer tells its shape, and sharp what it needs', () => {
  using pool = new PixelPool({ slots: 2, slotBytes: 4096 })
  const still = pool.acquire({ width: 8, height: 4, channels: 3 })
  assert.deepEqual(still.raw, { width: 8, height: 4, channels: 3 })
  assert.equal(still.byteLength, 96)
  const moving = pool.acquire({ width: 8, height: 4, channels: 4, pages: 3, depth: 'float' })
  assert.deepEqual(moving.raw, { width: 8, height: 12, channels: 4, pageHeight: 4 })
  assert.equal(moving.data.length, 8 * 4 * 4 * 3)
  assert.equal(moving.byteLength, 4 * 8 * 4 * 4 * 3)
  assert.equal(moving.depth, 'float')
  assert.equal(moving.pages, 3)
})

test('data is the same view each time', () => {
  using pool = makePool()
  const buffer = pool.acquire()
  assert.equal(buffer.data, buffer.data)
})

test('release makes every view of the buffer empty', () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const { data } = buffer
  const views = [
    data,
    data.subarray(4, 8),
    Buffer.from(data.buffer),
    Buffer.from(data.buffer, 8, 8),
    new Uint32Array(data.buffer),
    new Float64Array(data.buffer, 8, 1),
  ]
  const view = new DataView(data.buffer, 4)
  const arrayBuffer = data.buffer
  buffer.release()
  for (const each of views) {
    assert.equal(each.length, 0)
    assert.equal(each.byteLength, 0)
    each[0] = 99
    assert.equal(each[0], undefined)
  }
  assert.throws(() => view.getUint8(0), TypeError)
  assert.equal(arrayBuffer.byteLength, 0)
  const next = pool.acquire()
  assert.ok(next.data.every((sample) => sample === 0))
  for (const each of views) assert.equal(each.length, 0)
})

test('after release everything but the shape refuses', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  buffer.release()
  assert.equal(buffer.released, true)
  assert.throws(
    () => buffer.data,
    refusal('ERR_BUFFER_RELEASED', 'data was read after release() or move(); acquire a new buffer'),
  )
  assert.throws(() => buffer.release(), releasedTwice)
  assert.throws(
    () => buffer.retain(),
    refusal(
      'ERR_BUFFER_RELEASED',
      'retain() was called after release() or move(); acquire a new buffer',
    ),
  )
  await assert.rejects(
    buffer.pin(() => {}),
    refusal(
      'ERR_BUFFER_RELEASED',
      'pin() was called after release() or move(); acquire a new buffer',
    ),
  )
  buffer[Symbol.dispose]()
  assert.equal(buffer.width, 8)
  assert.equal(buffer.byteLength, 128)
  assert.equal(checkEquation(pool).free, 2)
})

test('dispose releases once and is quiet after', () => {
  using pool = makePool()
  const buffer = pool.acquire()
  buffer[Symbol.dispose]()
  buffer[Symbol.dispose]()
  assert.throws(() => buffer.release(), releasedTwice)
  assert.equal(pool.stats().releases, 1)
})

test('a second release does nothing to the next tenant', () => {
  using pool = new PixelPool({ slots: 1, slotBytes: 16 })
  const shape = { width: 2, height: 2 }
  const old = pool.acquire(shape)
  old.release()
  const current = pool.acquire(shape)
  current.data.fill(3)
  assert.throws(() => old.release(), releasedTwice)
  assert.equal(current.data[0], 3)
  assert.equal(pool.stats().leased, 1)
})

test('a retained buffer is the same pixels with views and a release of its own', () => {
  for (const order of [0, 1]) {
    using pool = makePool()
    const pair = [pool.acquire()]
    const [first] = pair
    assert.ok(first)
    const second = first.retain()
    pair.push(second)
    first.data[5] = 200
    assert.equal(second.data[5], 200)
    second.data[6] = 100
    assert.equal(first.data[6], 100)
    assert.notEqual(first.data.buffer, second.data.buffer)
    const gone = pair[order]
    const left = pair[1 - order]
    assert.ok(gone && left)
    const view = gone.data
    gone.release()
    assert.equal(view.length, 0)
    assert.equal(left.data[5], 200)
    assert.equal(checkEquation(pool).leased, 1)
    assert.equal(pool.stats().acquires, 2)
    left.release()
    assert.equal(checkEquation(pool).free, 2)
    assert.equal(pool.stats().releases, 2)
  }
})

test('a slot can be handed over to a buffer of another shape that fits', () => {
  using pool = makePool()
  const place = pool.acquire()
  assert.throws(
    () => place.reshape(toShape({ width: 9, height: 4 })),
    refusal('ERR_SHAPE_TOO_LARGE', /^9x4x4 uchar needs 144 bytes, a slot has 128; /),
  )
  const floats = place.reshape(toShape({ width: 8, height: 4, channels: 1, depth: 'float' }))
  assert.ok(floats.data instanceof Float32Array)
  assert.equal(place.released, true)
  assert.equal(pool.stats().acquires, 1)
  floats.release()
  assert.equal(checkEquation(pool).free, 2)
})

test('a pin holds the slot until the promise has settled, after a release too', async () => {
  using pool = new PixelPool({ slots: 1, shape: { width: 2, height: 2 } })
  const buffer = pool.acquire()
  let finish = (): void => {}
  const pinned = buffer.pin((data) => {
    data.fill(1)
    return new Promise<string>((resolve) => {
      finish = () => resolve('done')
    })
  })
  const view = buffer.data
  buffer.release()
  assert.equal(view.length, 0)
  assert.equal(checkEquation(pool).pinned, 1)
  assert.equal(pool.tryAcquire(), null)
  finish()
  assert.equal(await pinned, 'done')
  assert.equal(checkEquation(pool).free, 1)
})

test('a slot with two pins is free when the last one ends', async () => {
  using pool = new PixelPool({ slots: 1, shape: { width: 2, height: 2 } })
  const buffer = pool.acquire()
  const ends: (() => void)[] = []
  const hold = (): Promise<void> => new Promise((resolve) => ends.push(resolve))
  const pins = [buffer.pin(hold), buffer.pin(hold)]
  buffer.release()
  ends[1]?.()
  await pins[1]
  assert.equal(pool.stats().pinned, 1)
  ends[0]?.()
  await pins[0]
  assert.equal(pool.stats().free, 1)
})

test('a pin ends when its function throws, at once or later', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  await assert.rejects(
    buffer.pin(() => {
      throw new Error('at once')
    }),
    /at once/,
  )
  await assert.rejects(
    buffer.pin(async () => {
      throw new Error('later')
    }),
    /later/,
  )
  buffer.release()
  assert.equal(checkEquation(pool).free, 2)
})

test('a pin answers what its function answers, and refuses what is none', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  assert.equal(await buffer.pin((data) => data.length), 128)
  await assert.rejects(
    Reflect.apply(buffer.pin, buffer, [5]),
    invalid('use must be a function, got 5'),
  )
  buffer.release()
  assert.equal(pool.stats().free, 2)
})

test('memory that was transferred away is told, and its slot is in quarantine', {
  skip: !canTransfer && 'this Node has no ArrayBuffer.prototype.transfer',
}, async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const moved = buffer.data.buffer.transfer()
  const escaped = refusal(
    'ERR_BUFFER_ESCAPED',
    "the buffer's memory was transferred away; release() it and acquire a new one",
  )
  assert.throws(() => buffer.data, escaped)
  assert.throws(() => buffer.retain(), escaped)
  await assert.rejects(
    buffer.pin(() => {}),
    escaped,
  )
  buffer.release()
  assert.equal(checkEquation(pool).quarantined, 1)
  const other = pool.acquire()
  other.data.fill(5)
  assert.ok(new Uint8Array(moved).every((sample) => sample === 0))
  assert.equal(pool.tryAcquire(), null)
})

test('a PixelBuffer cannot be made by hand', () => {
  assert.throws(
    () => Reflect.construct(PixelBuffer, []),
    invalid('a PixelBuffer must be made by a pool, got undefined'),
  )
})

test('without revocation a view kept from before sees the next tenant, as documented', () => {
  using pool = new PixelPool({ slots: 1, shape: { width: 2, height: 2 }, revoke: false })
  const first = pool.acquire()
  const stale = first.data
  first.release()
  const second = pool.acquire()
  second.data[0] = 42
  assert.equal(stale[0], 42)
  assert.equal(first.released, true)
  assert.throws(() => first.data, refusal('ERR_BUFFER_RELEASED', /^data was read/))
  assert.throws(() => first.release(), releasedTwice)
  second.release()
})

test('without revocation retained handles still end one by one', () => {
  using pool = new PixelPool({ slots: 1, shape: { width: 2, height: 2 }, revoke: false })
  const first = pool.acquire()
  const second = first.retain()
  first.release()
  assert.equal(checkEquation(pool).leased, 1)
  second.data[0] = 1
  second.release()
  assert.equal(checkEquation(pool).free, 1)
  assert.equal(pool.acquire().data[0], 1)
})

test('a move takes the views here, as a release does, and what is called then refuses', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const { data } = buffer
  const views = [data, data.subarray(1), Buffer.from(data.buffer)]
  const token = buffer.move()
  assert.deepEqual(Object.keys(token).sort(), ['key', 'pixelpool', 'shape'])
  for (const view of views) assert.equal(view.length, 0)
  assert.equal(buffer.released, true)
  assert.throws(
    () => buffer.move(),
    refusal(
      'ERR_BUFFER_RELEASED',
      'move() was called after release() or move(); acquire a new buffer',
    ),
  )
  assert.throws(() => buffer.release(), releasedTwice)
  buffer[Symbol.dispose]()
  const { leased, acquires, releases } = checkEquation(pool)
  assert.deepEqual({ leased, acquires, releases }, { leased: 1, acquires: 1, releases: 0 })
  pool.adopt(token).release()
})

/** Moves, is refused, and finds the buffer as before. */
function refusesToMove(buffer: PixelBuffer, pool: PixelPool, how: (error: unknown) => true): void {
  buffer.data.fill(6)
  const view = buffer.data
  const before = pool.stats()
  assert.throws(() => buffer.move(), how)
  assert.deepEqual(pool.stats(), before)
  assert.equal(buffer.released, false)
  assert.equal(buffer.data, view)
  assert.ok(view.length > 0 && view.every((sample) => sample === 6))
}

const othersHold = refusal(
  'ERR_BUFFER_HELD',
  'a buffer was not moved: its memory has other buffers, pins or jobs; end those first',
)

test('a buffer whose memory something else holds is not moved, and is as before', async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const second = buffer.retain()
  refusesToMove(buffer, pool, othersHold)
  refusesToMove(second, pool, othersHold)
  second.release()
  let end = (): void => {}
  const pin = buffer.pin(() => new Promise<void>((resolve) => (end = resolve)))
  refusesToMove(buffer, pool, othersHold)
  end()
  await pin
  let job: unknown = buffer.job()
  refusesToMove(buffer, pool, othersHold)
  job = undefined
  assert.ok(await collectUntil(() => tryMove(buffer)), `the job ends as ${job} is collected`)
})

function tryMove(buffer: PixelBuffer): boolean {
  try {
    buffer.move()
    return true
  } catch {
    return false
  }
}

test('a buffer whose other half escaped is not moved until that is unreachable', {
  skip: !canTransfer && 'this Node has no ArrayBuffer.prototype.transfer',
}, async () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const escaping = buffer.retain()
  const memory = [escaping.data.buffer.transfer()]
  escaping.release()
  refusesToMove(buffer, pool, othersHold)
  memory.length = 0
  assert.ok(await collectUntil(() => tryMove(buffer)))
})

test('memory that was transferred away is not moved', {
  skip: !canTransfer && 'this Node has no ArrayBuffer.prototype.transfer',
}, () => {
  using pool = makePool()
  const buffer = pool.acquire()
  const memory = buffer.data.buffer.transfer()
  assert.throws(
    () => buffer.move(),
    refusal(
      'ERR_BUFFER_ESCAPED',
      "the buffer's memory was transferred away; release() it and acquire a new one",
    ),
  )
  buffer.release()
  assert.equal(checkEquation(pool).quarantined, 1)
  assert.equal(memory.byteLength, 128)
})

test('a buffer whose views stay is not moved', () => {
  const stays = refusal(
    'ERR_BUFFER_HELD',
    'a buffer was not moved: its views stay, by markAsUntransferable() or revoke: false; copy it',
  )
  using unrevoked = new PixelPool({ slots: 1, shape: { width: 2, height: 2 }, revoke: false })
  refusesToMove(unrevoked.acquire(), unrevoked, stays)
  if (!marksBind()) return
  using pool = makePool()
  const buffer = pool.acquire()
  markAsUntransferable(buffer.data.buffer)
  refusesToMove(buffer, pool, stays)
})

/** Before Node 24 memory that is marked can be transferred all the same, or detached. */
function marksBind(): boolean {
  const memory = new ArrayBuffer(8)
  markAsUntransferable(memory)
  try {
    revoke(memory)
    return false
  } catch {
    return true
  }
}

test('a buffer of a pool that is closed everywhere is not moved, of one closed here it is', () => {
  const pool = makePool()
  const buffer = pool.acquire()
  using other = PixelPool.attach(pool.share())
  pool.close()
  const moved = other.adopt(buffer.move())
  other.close()
  const closed = refusal(
    'ERR_POOL_CLOSED',
    'a buffer was not moved: its pool is closed in all threads; release() it',
  )
  refusesToMove(moved, other, closed)
  moved.release()
  assert.equal(checkEquation(pool).free, 2)
})

test('refuses a time to expire that is none, and the buffer is as before', () => {
  using pool = makePool()
  const buffer = pool.acquire()
  assert.throws(
    () => buffer.move({ expires: -1 }),
    invalid('expires must be a number of ms between 0 and 86400000, got -1'),
  )
  assert.throws(
    () => Reflect.apply(buffer.move, buffer, [null]),
    invalid('options must be an object with expires, got null'),
  )
  assert.equal(buffer.data.length, 128)
  buffer.release()
  assert.throws(
    () => buffer.move({ expires: -1 }),
    invalid('expires must be a number of ms between 0 and 86400000, got -1'),
  )
})
