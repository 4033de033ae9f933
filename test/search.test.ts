import assert from 'node:assert/strict'
import { test } from 'node:test'
import { native } from '../src/native.js'
import { nudge, Search } from '../src/search.js'

test('the engine is nudged at most once a second, however many ask', (t) => {
  const nudges = t.mock.method(native, 'nudge', () => {})
  for (let i = 0; i < 100; i++) nudge()
  assert.equal(nudges.mock.callCount(), 1)
})

const awake = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

test('a search keeps the process awake while it runs, once', () => {
  const before = awake()
  const search = new Search(() => 'none')
  search.start()
  search.start()
  assert.equal(awake(), before + 1)
  search.stop()
  search.stop()
  assert.equal(awake(), before)
})

test('a search goes on after three seconds without keeping the process awake', async () => {
  const before = awake()
  const search = new Search(() => 'none')
  search.start()
  const start = performance.now()
  while (awake() > before) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(performance.now() - start > 2500)
  search.stop()
})

test('a search keeps the process awake for as long as there is hope', async () => {
  const before = awake()
  let looks = 0
  const search = new Search(() => (++looks < 5 ? 'held' : 'none'))
  search.start()
  const start = performance.now()
  while (awake() > before) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(performance.now() - start > 3500)
  assert.ok(looks >= 5)
  search.stop()
})

test('a search that is renewed keeps the process awake for three seconds more', async () => {
  const before = awake()
  const search = new Search(() => 'none')
  search.start()
  while (awake() > before) await new Promise((resolve) => setImmediate(resolve))
  search.renew()
  const start = performance.now()
  assert.equal(awake(), before + 1)
  while (awake() > before) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(performance.now() - start > 2500)
  search.stop()
  search.renew()
  assert.equal(awake(), before)
})

test('the engine is left alone while others are served', async (t) => {
  const nudges = t.mock.method(native, 'nudge', () => {})
  let hope: 'served' | 'held' = 'served'
  const search = new Search(() => hope)
  search.start()
  await new Promise((resolve) => setTimeout(resolve, 2200))
  assert.equal(nudges.mock.callCount(), 0)
  hope = 'held'
  await new Promise((resolve) => setTimeout(resolve, 1100))
  assert.ok(nudges.mock.callCount() >= 1)
  search.stop()
})

test('a search that finds something as it starts has stopped', async () => {
  const before = awake()
  await new Promise((resolve) => setTimeout(resolve, 1000)) // until the next nudge is due
  const search = new Search(() => {
    search.stop()
    return 'served'
  })
  search.start()
  assert.equal(awake(), before)
})
