import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PixelArena } from '../src/index.js'
import { Ladder, smallestBytes } from '../src/ladder.js'
import { type Shape, toShape } from '../src/shape.js'
import { random } from './process/children/random.js'
import { refusal } from './refusal.js'

const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const mib = 2 ** 20
const budgets = [
  ...[65_536, 65_537, 100_000, 131_072, 500_000, 1_000_000, mib, 1_400_000],
  ...[1_864_135, 1_864_136, 1_990_000, 2 * mib - 1, 2 * mib, 2 * mib + 1, 3_700_000, 3_900_000],
  ...[4 * mib, 5_000_001, 16 * mib - 1, 19_999_999, 64 * mib + 4096, 100_000_000],
]

for (const budget of budgets) {
  describe(`a ladder up to ${budget} bytes`, () => {
    const ladder = Ladder.upTo({ budget, scratch: [], hugePages: false })
    const sizes = ladder.classes.filter((_, i) => i % 3 === 0)
    const counts = ladder.classes.filter((_, i) => i % 3 === 1)

    test('ascends in small steps, from 64 KiB to an eighth less than the budget or more', () => {
      assert.equal(sizes[0], smallestBytes)
      assert.equal(sizes.at(-1), ladder.largest)
      assert.ok(ladder.largest <= budget)
      assert.ok(ladder.largest > (budget * 8) / 9 - 2 * 65_536)
      for (const [i, size] of sizes.entries()) {
        const below = sizes[i - 1]
        if (below !== undefined) assert.ok(below < size && size <= below * 1.45, `${below} ${size}`)
        assert.equal(size % 4096, 0)
      }
    })

    test(`has the tightest class for every size (seed ${seed})`, () => {
      const roll = random(seed)
      const edges = sizes.flatMap((size) => [size - 4096, size - 1, size, size + 1])
      const rolled = Array.from({ length: 2000 }, () => Math.ceil(ladder.largest ** roll()))
      for (const bytes of [1, 2, 4095, 4096, 4097, ...edges, ...rolled]) {
        if (bytes <= ladder.largest) assertTightest(ladder, sizes, bytes)
      }
    })

    test('has as many slots of a class as the budget could hold at once', () => {
      for (const [i, count] of counts.entries()) {
        const least = (sizes[i - 1] ?? 0) + 4096 // that a tenant of this class holds
        assert.equal(count, Math.min(Math.max(Math.floor(budget / least), 1), 1024))
      }
    })

    for (const hugePages of [true, false]) {
      const pages = hugePages ? 'huge pages' : 'small pages'
      test(`promises nothing that an arena with ${pages} could never lease`, () => {
        using arena = new PixelArena({ budget, hugePages })
        for (const size of sizes) {
          for (const bytes of [size, size - 4095]) {
            const buffer = arena.acquire(ofBytes(bytes))
            assert.equal(buffer.byteLength, bytes)
            buffer.release()
          }
        }
        assert.ok(arena.stats().peakHeldBytes <= budget)
        assert.throws(
          () => arena.acquire(ofBytes(ladder.largest + 1)),
          refusal(
            'ERR_SHAPE_TOO_LARGE',
            `${ladder.largest + 1}x1x1 uchar needs ${ladder.largest + 1} bytes, the largest slot ` +
              `of the arena has ${ladder.largest}; make an arena with a larger budget`,
          ),
        )
      })
    }
  })
}

test('every size from 1 byte to the largest has its class', () => {
  const ladder = Ladder.upTo({ budget: 400_000, scratch: [], hugePages: false })
  const sizes = ladder.classes.filter((_, i) => i % 3 === 0)
  for (let bytes = 1; bytes <= ladder.largest; bytes++) assertTightest(ladder, sizes, bytes)
})

test('a ladder that is known by its classes is the same', () => {
  const first = Ladder.upTo({ budget: 10_000_000, scratch: [], hugePages: true })
  const { classes, largest } = first
  const again = new Ladder(classes)
  assert.equal(again.largest, largest)
  for (const bytes of [1, 65_536, 65_537, 1_000_000, largest]) {
    const shape = ofBytes(bytes)
    assert.deepEqual(again.demand(shape), first.demand(shape))
  }
})

function assertTightest(ladder: Ladder, sizes: readonly number[], bytes: number): void {
  const demand = ladder.demand(ofBytes(bytes))
  assert.equal(demand.bytes, bytes)
  assert.equal(
    demand.sizeClass,
    sizes.findIndex((size) => bytes <= size),
    `${bytes} bytes`,
  )
}

function ofBytes(width: number): Shape {
  return toShape({ width, height: 1, channels: 1 })
}
