import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closed } from '../src/errors.js'
import type { Handle } from '../src/handle.js'
import { Line, type WaitOptions } from '../src/line.js'
import { makeSlots } from '../src/opening.js'
import type { Slots } from '../src/slots.js'
import { refusal } from './refusal.js'

interface Place {
  readonly slots: Slots
  readonly line: Line
  readonly wait: (options?: WaitOptions) => Promise<Handle>
  /** Acquires all slots there are. */
  readonly hold: () => Handle[]
}

function setUp(count = 1): Place {
  const plan = { clear: 'never', revoke: true, leaks: 'count' } as const
  const nothing = { budget: null, scratch: [], idle: null }
  const slots = makeSlots({ ...plan, ...nothing, classes: [4096, count, 1] })
  const line = new Line(slots)
  const acquire = (): Handle => {
    const handle = slots.acquire()
    if (typeof handle === 'string') throw new Error(`a new pool was ${handle}`)
    return handle
  }
  return {
    slots,
    line,
    wait: (options = {}) => line.join(options),
    hold: () => Array.from({ length: count }, acquire),
  }
}

test('those who wait are served in the order in which they came', async () => {
  const { slots, wait, hold } = setUp(3)
  const [a, b, c] = hold()
  const order: string[] = []
  const waits = ['a', 'b', 'c'].map((name) =>
    wait().then((handle) => order.push(`${name}${handle.slot}`)),
  )
  assert.equal(slots.memory.stats().waiting, 3)
  for (const handle of [b, a]) if (handle !== undefined) slots.release(handle)
  assert.equal(slots.memory.stats().waiting, 1)
  if (c !== undefined) slots.release(c)
  await Promise.all(waits)
  assert.deepEqual(order, [`a${b?.slot}`, `b${a?.slot}`, `c${c?.slot}`])
})

test('a slot that is free already comes at once', async () => {
  const { slots, wait } = setUp()
  const handle = await wait()
  assert.equal(slots.memory.stats().leased, 1)
  slots.release(handle)
  assert.equal(slots.memory.stats().free, 1)
})

test('an aborted waiter leaves with the reason and swallows nothing', async () => {
  const { slots, wait, hold } = setUp()
  const [held] = hold()
  const controller = new AbortController()
  const gone = wait({ signal: controller.signal })
  const next = wait()
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(gone, reason)
  assert.equal(slots.memory.stats().waiting, 1)
  if (held !== undefined) slots.release(held)
  assert.equal((await next).slot, held?.slot)
})

test('a waiter whose time is over leaves and swallows nothing', async () => {
  const { slots, wait, hold } = setUp()
  const [held] = hold()
  const gone = wait({ timeout: 1 })
  const next = wait()
  await assert.rejects(
    gone,
    refusal(
      'ERR_ACQUIRE_TIMEOUT',
      'no buffer became free within 1 ms; release one sooner or wait longer',
    ),
  )
  if (held !== undefined) slots.release(held)
  assert.equal((await next).slot, held?.slot)
})

test('a served waiter hears nothing of a later abort', async () => {
  const { slots, wait, hold } = setUp()
  const [held] = hold()
  const controller = new AbortController()
  const served = wait({ signal: controller.signal, timeout: 60_000 })
  if (held !== undefined) slots.release(held)
  controller.abort()
  assert.equal((await served).slot, held?.slot)
  assert.equal(slots.memory.stats().leased, 1)
})

test('refusing sends everybody away with the same reason, and their places are given up', async () => {
  const { slots, line, wait, hold } = setUp()
  hold()
  const waits = [wait(), wait(), wait({ timeout: 60_000 })]
  line.refuse(closed())
  for (const each of waits) {
    await assert.rejects(
      each,
      refusal('ERR_POOL_CLOSED', 'the pool was closed meanwhile; make a new one'),
    )
  }
  assert.equal(slots.memory.stats().waiting, 0)
})

test('any number may wait with one signal', async () => {
  const { line, wait, hold } = setUp()
  hold()
  const { signal } = new AbortController()
  let warnings = 0
  const count = (): void => {
    warnings++
  }
  process.on('warning', count)
  const waits = Array.from({ length: 20 }, () => wait({ signal }).catch(() => {}))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', count)
  line.refuse(closed())
  await Promise.all(waits)
  assert.equal(warnings, 0)
})
