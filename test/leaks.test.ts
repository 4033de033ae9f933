import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BufferToken, PixelPool } from '../src/index.js'
import { collectUntil } from './collect.js'
import { checkEquation } from './equation.js'
import { refusal } from './refusal.js'

const shape = { width: 16, height: 16 }

function forgetOne(pool: PixelPool): void {
  pool.acquire()
}

test('a forgotten buffer comes back, is counted, and in count mode nobody is told', async () => {
  using pool = new PixelPool({ slots: 2, shape })
  let warnings = 0
  const count = (): void => {
    warnings++
  }
  process.on('warning', count)
  forgetOne(pool)
  assert.equal(pool.stats().leased, 1)
  assert.ok(await collectUntil(() => pool.stats().leaked === 1))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', count)
  assert.equal(checkEquation(pool).free, 2)
  assert.equal(warnings, 0)
})

test('a buffer that is reached through a view only is not forgotten', async () => {
  using pool = new PixelPool({ slots: 2, shape })
  const views = [pool.acquire().data.subarray(2, 5)]
  forgetOne(pool)
  assert.ok(await collectUntil(() => pool.stats().leaked === 1))
  assert.equal(checkEquation(pool).leased, 1)
  views[0]?.fill(9)
  views.length = 0
  assert.ok(await collectUntil(() => pool.stats().leaked === 2))
  assert.equal(checkEquation(pool).free, 2)
})

test('tracing tells of a forgotten buffer with its call site, once a site', async () => {
  using pool = new PixelPool({ slots: 4, shape, leaks: 'trace' })
  const warnings: NodeJS.ErrnoException[] = []
  const keep = (warning: Error): void => void warnings.push(warning)
  process.on('warning', keep)
  for (let i = 0; i < 3; i++) forgetOne(pool)
  assert.ok(await collectUntil(() => pool.stats().leaked === 3))
  assert.ok(await collectUntil(() => warnings.length > 0))
  forgetOne(pool)
  assert.ok(await collectUntil(() => pool.stats().leaked === 4))
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('warning', keep)
  const [warning, ...more] = warnings
  assert.deepEqual(more, [])
  assert.ok(warning !== undefined && 'detail' in warning)
  assert.equal(warning.name, 'PixelPoolLeak')
  assert.equal(warning.code, 'PIXELPOOL_LEAK')
  assert.equal(
    warning.message,
    'a PixelBuffer was collected without release(); its memory came back',
  )
  assert.match(String(warning.detail), /^acquired\n {4}at forgetOne .*leaks\.test\.js:\d+:\d+/)
})

test('in a shared pool a leak is told at the end that lost the buffer, of an adopted one too', async () => {
  using pool = new PixelPool({ slots: 4, shape, leaks: 'trace' })
  using other = PixelPool.attach(pool.share())
  const sites: string[] = []
  const keep = (warning: Error): void => {
    if ('detail' in warning) sites.push(String(warning.detail).split('\n')[1] ?? '')
  }
  process.on('warning', keep)
  const forgetAdopted = (token: BufferToken): void => {
    other.adopt(token)
  }
  const loseThere = (): void => {
    other.acquire()
  }
  forgetAdopted(pool.acquire().move())
  loseThere()
  assert.ok(await collectUntil(() => pool.stats().leaked === 2 && sites.length === 2))
  process.off('warning', keep)
  assert.match(sites.sort().join(), /at forgetAdopted .*,.* at loseThere /)
  assert.equal(checkEquation(pool).free, 4)
})

test('while leaks are traced an exhausted pool says who holds its buffers', () => {
  using pool = new PixelPool({ slots: 3, shape, leaks: 'trace' })
  const take = (): unknown => pool.acquire()
  const takeAnother = (): unknown => pool.acquire().retain()
  const held = [take(), take(), takeAnother()]
  assert.throws(
    () => pool.acquire(),
    refusal(
      'ERR_POOL_EXHAUSTED',
      /turns\)\n {2}2 acquired at take .*leaks\.test.*(\n {2}1 acquired at takeAnother .*leaks\.test.*){2}$/,
    ),
  )
  assert.equal(held.length, 3)
})

test('while leaks are traced a released slot is filled and reused as late as can be', () => {
  using pool = new PixelPool({ slots: 3, shape, leaks: 'trace' })
  const first = pool.acquire()
  first.data.fill(1)
  first.release()
  const next = [pool.acquire(), pool.acquire(), pool.acquire()]
  assert.deepEqual(
    next.map(({ data }) => data[0]),
    [0, 0, 0xdb],
  )
})

test('a pool that is dropped without close is collected with its memory', async () => {
  const registry = { collected: false }
  const watch = new FinalizationRegistry(() => {
    registry.collected = true
  })
  const drop = (): void => {
    const pool = new PixelPool({ slots: 2, shape, leaks: 'trace' })
    pool.acquire().release()
    watch.register(pool, null)
  }
  drop()
  assert.ok(await collectUntil(() => registry.collected))
})
