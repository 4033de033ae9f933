import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { systemClock } from '../src/clock.js'

test('it never goes back, in whole milliseconds', async () => {
  let last = systemClock.now()
  for (let i = 0; i < 1000; i++) {
    const now = systemClock.now()
    assert.ok(now >= last)
    assert.ok(Number.isInteger(now))
    last = now
  }
  await pause(20)
  assert.ok(systemClock.now() - last >= 18)
})

test('all threads have the same', async () => {
  const module = JSON.stringify(new URL('../src/clock.js', import.meta.url).href)
  const script = `import(${module}).then(({ systemClock }) =>
    require('node:worker_threads').parentPort.postMessage(systemClock.now()))`
  const before = systemClock.now()
  const worker = new Worker(script, { eval: true })
  const [there]: unknown[] = await once(worker, 'message')
  const after = systemClock.now()
  assert.ok(typeof there === 'number' && before <= there && there <= after, `${there}`)
  await once(worker, 'exit')
})

test('it calls back until it is stopped', async () => {
  let calls = 0
  const stop = systemClock.every(1, () => calls++)
  while (calls < 3) await pause(1)
  stop()
  const then = calls
  await pause(10)
  assert.equal(calls, then)
})

test('it keeps no process awake', () => {
  const before = process.getActiveResourcesInfo().length
  const stop = systemClock.every(60_000, () => {})
  assert.equal(process.getActiveResourcesInfo().length, before)
  stop()
})
