import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PixelArena, PixelBuffer, PixelPool } from '../src/index.js'
import { Lender } from '../src/lender.js'
import { checkArena, checkEquation } from './equation.js'
import { invalid, refusal } from './refusal.js'

const shape = { width: 100, height: 100, channels: 1 } as const // 10,000 bytes

test('a pool and an arena are lenders, and nothing else is one', () => {
  using pool = new PixelPool({ slots: 1, shape })
  using arena = new PixelArena({ budget: 65_536 })
  for (const lender of [pool, arena]) assert.ok(lender instanceof Lender)
  assert.equal(Object.create(null) instanceof Lender, false)
  assert.equal(pool.acquire() instanceof PixelBuffer, true)
})

test('it tells the shape that acquire() would lease', () => {
  using pool = new PixelPool({ slots: 1, shape })
  using any = new PixelPool({ slots: 1, slotBytes: 9999 })
  using arena = new PixelArena({ budget: 65_536 })
  assert.equal(pool.shapeOf(undefined).byteLength, 10_000)
  assert.equal(arena.shapeOf(shape).byteLength, 10_000)
  assert.throws(() => any.shapeOf(shape), { code: 'ERR_SHAPE_TOO_LARGE' })
  assert.throws(
    () => any.shapeOf(undefined),
    invalid('shape must be given, since this pool was made with slotBytes, got undefined'),
  )
  assert.throws(
    () => arena.shapeOf(undefined),
    invalid('shape must be given to an arena, got undefined'),
  )
})

test('a buffer that was moved through an arena is adopted as it was', () => {
  using arena = new PixelArena({ budget: 1_000_000 })
  const moved = arena.acquire(shape)
  moved.data.fill(7)
  using adopted = arena.adopt(moved.move())
  assert.equal(adopted.byteLength, 10_000)
  assert.ok(adopted.data.every((sample) => sample === 7))
  assert.equal(checkArena(arena).leased, 1)
})

test('a token whose shape outgrew its slot is refused, and the slot comes back', () => {
  using arena = new PixelArena({ budget: 1_000_000 })
  using pool = new PixelPool({ slots: 1, shape })
  const forge = (lender: PixelArena | PixelPool): object => {
    return { ...lender.acquire(shape).move(), shape: { width: 65_537, height: 1, channels: 1 } }
  }
  assert.throws(
    () => Reflect.apply(arena.adopt, arena, [forge(arena)]),
    invalid('token must be what move() gave, got an object'),
  )
  assert.equal(checkArena(arena).leased, 0)
  assert.throws(
    () => Reflect.apply(pool.adopt, pool, [forge(pool)]),
    refusal('ERR_SHAPE_TOO_LARGE', /^65537x1x1 uchar needs 65537 bytes, a slot has 10000; /),
  )
  assert.equal(checkEquation(pool).leased, 1) // until it expires
})

test('a buffer is reshaped to what it was charged with and no further', () => {
  using arena = new PixelArena({ budget: 1_000_000 })
  const buffer = arena.acquire(shape)
  assert.throws(
    () => buffer.reshape(arena.shapeOf({ ...shape, height: 101 })),
    refusal('ERR_SHAPE_TOO_LARGE', /^100x101x1 uchar needs 10100 bytes, /),
  )
  using smaller = buffer.reshape(arena.shapeOf({ ...shape, height: 99 }))
  assert.equal(smaller.data.length, 9900)
  assert.equal(buffer.released, true)
})
