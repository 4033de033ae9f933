import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PoolError } from '../src/errors.js'
import { Line } from '../src/line.js'
import { refusal } from './refusal.js'

/** A stack of things to be had, and a line of those who wait for one. */
function setUp(): { line: Line<number>; stock: number[]; wait: (o?: object) => Promise<number> } {
  const line = new Line<number>()
  const stock: number[] = []
  return { line, stock, wait: (options = {}) => line.join(() => stock.shift() ?? null, options) }
}

test('those who wait are served in the order in which they came', async () => {
  const { line, stock, wait } = setUp()
  const order: string[] = []
  const waits = ['a', 'b', 'c'].map((name) => wait().then((n) => order.push(`${name}${n}`)))
  assert.equal(line.length, 3)
  stock.push(1, 2)
  line.serve()
  assert.equal(line.length, 1)
  stock.push(3)
  line.serve()
  await Promise.all(waits)
  assert.deepEqual(order, ['a1', 'b2', 'c3'])
})

test('serving with nothing to serve leaves everybody in place', () => {
  const { line, wait } = setUp()
  wait().catch(() => {})
  line.serve()
  assert.equal(line.length, 1)
  line.refuse(new PoolError('ERR_POOL_CLOSED', 'closed'))
})

test('an aborted waiter leaves with the reason and swallows nothing', async () => {
  const { line, stock, wait } = setUp()
  const controller = new AbortController()
  const gone = wait({ signal: controller.signal })
  const next = wait()
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(gone, reason)
  assert.equal(line.length, 1)
  stock.push(7)
  line.serve()
  assert.equal(await next, 7)
})

test('a waiter whose time is over leaves and swallows nothing', async () => {
  const { line, stock, wait } = setUp()
  const gone = wait({ timeout: 1 })
  const next = wait()
  await assert.rejects(
    gone,
    refusal(
      'ERR_ACQUIRE_TIMEOUT',
      'no buffer became free within 1 ms; release one sooner or wait longer',
    ),
  )
  stock.push(7)
  line.serve()
  assert.equal(await next, 7)
})

test('a served waiter hears nothing of a later abort', async () => {
  const { line, stock, wait } = setUp()
  const controller = new AbortController()
  const served = wait({ signal: controller.signal, timeout: 60_000 })
  stock.push(1)
  line.serve()
  controller.abort()
  assert.equal(await served, 1)
})

test('an attempt that throws rejects its own waiter only', async () => {
  const { line, stock, wait } = setUp()
  const failing = line.join(() => {
    throw new Error('broken')
  }, {})
  const next = wait()
  stock.push(5)
  line.serve()
  await assert.rejects(failing, /broken/)
  assert.equal(await next, 5)
})

test('refusing sends everybody away with the same reason', async () => {
  const { line, wait } = setUp()
  const waits = [wait(), wait(), wait({ timeout: 60_000 })]
  line.refuse(new PoolError('ERR_POOL_CLOSED', 'closed'))
  for (const each of waits) await assert.rejects(each, refusal('ERR_POOL_CLOSED', 'closed'))
  assert.equal(line.length, 0)
})

test('who waits is served by the search too, if nobody else tells of what came back', async () => {
  const { stock, wait } = setUp()
  const served = wait()
  stock.push(4)
  assert.equal(await served, 4)
})

test('any number may wait with one signal', async () => {
  const { line, wait } = setUp()
  const { signal } = new AbortController()
  let warnings = 0
  const count = (): void => {
    warnings++
  }
  process.on('warning', count)
  const waits = Array.from({ length: 20 }, () => wait({ signal }).catch(() => {}))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', count)
  line.refuse(new PoolError('ERR_POOL_CLOSED', 'closed'))
  await Promise.all(waits)
  assert.equal(warnings, 0)
})
