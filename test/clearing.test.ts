import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PixelArena, type PixelBuffer, PixelPool, type ShapeOptions } from '../src/index.js'
import { collectUntil } from './collect.js'

const mib = 2 ** 20
const ways = ['acquire', 'release'] as const
const traces = ['count', 'trace'] as const

/** All that its ArrayBuffer shows, not its pixels only. */
function isZero({ data }: PixelBuffer): boolean {
  const bytes = Buffer.from(data.buffer)
  return bytes.equals(Buffer.alloc(bytes.length))
}

function soil({ data }: PixelBuffer): void {
  Buffer.from(data.buffer).fill(0xab)
}

for (const clear of ways) {
  for (const leaks of traces) {
    test(`a pool that clears on ${clear} shows zeros, leaks: '${leaks}'`, async () => {
      using pool = new PixelPool({ slots: 2, slotBytes: mib, clear, leaks })
      const shapes = [
        { width: 512, height: 512 },
        { width: 3, height: 5 },
      ] as const
      for (let round = 0; round < 60; round++) {
        const buffer = pool.acquire(shapes[round % 2])
        assert.ok(isZero(buffer), `round ${round}`)
        soil(buffer)
        if (round % 7 === 0) buffer.data.fill(1)
        buffer.release()
        if (round % 11 === 0) pool.trim()
        if (round % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
    })

    test(`an arena that clears on ${clear} shows zeros, leaks: '${leaks}'`, async () => {
      using arena = new PixelArena({ budget: 16 * mib, clear, leaks, idle: false })
      const widths = [512, 500, 30, 724, 723, 600, 129, 1, 700]
      let refused = 0
      for (let round = 0; round < 120; round++) {
        const width = widths[round % widths.length] ?? 1
        const buffer = arena.tryAcquire({ width, height: width })
        if (buffer === null) refused++
        if (buffer === null) continue
        assert.ok(isZero(buffer), `round ${round}`)
        soil(buffer)
        buffer.release()
        if (round % 11 === 0) arena.trim()
        if (round % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      assert.ok(refused < 60)
    })
  }

  test(`who waits gets zeros too, cleared on ${clear}`, async () => {
    using arena = new PixelArena({ budget: mib, clear, hugePages: false, idle: false })
    const shape: ShapeOptions = { width: 512, height: 512 }
    for (let round = 0; round < 20; round++) {
      const first = await arena.acquireAsync(shape)
      const wait = arena.acquireAsync(shape)
      soil(first)
      first.release()
      const second = await wait
      assert.ok(isZero(second))
      soil(second)
      second.release()
    }
  })

  test(`what was forgotten or pinned is cleared on ${clear}`, async () => {
    using pool = new PixelPool({ slots: 1, slotBytes: 65_536, clear })
    soil(pool.acquire({ width: 128, height: 128 }))
    assert.ok(await collectUntil(() => pool.stats().free === 1))
    const buffer = pool.acquire({ width: 128, height: 128 })
    assert.ok(isZero(buffer))
    let end = (): void => {}
    const pin = buffer.pin((data) => {
      data.fill(3)
      return new Promise<void>((resolve) => {
        end = resolve
      })
    })
    buffer.release()
    end()
    await pin
    assert.ok(isZero(pool.acquire({ width: 128, height: 128 })))
  })
}

test('nobody is refused what is being cleared', () => {
  using arena = new PixelArena({
    budget: 32 * mib,
    clear: 'release',
    hugePages: false,
    idle: false,
  })
  let refused = 0
  for (let round = 0; round < 40; round++) {
    const width = round % 2 === 0 ? 2000 : 2896 // 16 MB, 33.5 MB
    const buffer = arena.tryAcquire({ width, height: width })
    if (buffer === null) refused++
    else {
      soil(buffer)
      buffer.release()
    }
  }
  assert.equal(refused, 0)
})
