import { test } from 'node:test'
import { passes } from './child.js'

test('forgotten buffers come back and are counted', async () => {
  await passes('collected', 'forgotten')
})

test('a forgotten buffer stays leased while a view of it can be reached', async () => {
  await passes('collected', 'viewed')
})

test('a leak is told once a call site, with its file and line', async () => {
  await passes('collected', 'traced')
})

test('retained buffers are forgotten one by one', async () => {
  await passes('collected', 'retained')
})

test('a retained buffer that is forgotten leaves the other one in hand', async () => {
  await passes('collected', 'retainedAndKept')
})

test('a buffer that is forgotten while pinned stays until the pin has ended', async () => {
  await passes('collected', 'pinned')
})

test('a forgotten pool gives its memory back', async () => {
  await passes('collected', 'pool')
})

test('a caller that waits is served from eight dropped buffers within 2 s', async () => {
  await passes('dropped', 'waiter')
})

test('callers that wait are served even where only their wait holds the pool', async () => {
  await passes('dropped', 'local')
})

test('a buffer that was dropped comes back after acquire() has failed', async () => {
  await passes('dropped', 'failed')
})

test('two copies of the library in one thread are each told of their own', async () => {
  await passes('copies', 'both')
})
