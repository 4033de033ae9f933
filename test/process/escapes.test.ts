import { describe, test } from 'node:test'
import { passes } from './child.js'

const canTransfer = 'transfer' in ArrayBuffer.prototype
const noTransfer = canTransfer ? false : 'this Node has no ArrayBuffer.prototype.transfer()'

describe("an ArrayBuffer that the user takes away never sees the next owner's pixels", () => {
  test('by transfer()', { skip: noTransfer }, async () => {
    await passes('escapes', 'transferred')
  })

  test('by transfer() to another length', { skip: noTransfer }, async () => {
    await passes('escapes', 'shortened')
  })

  test('by structuredClone()', async () => {
    await passes('escapes', 'cloned')
  })

  test('by a byte stream', async () => {
    await passes('escapes', 'streamed')
  })

  test('through a retained buffer, while the other one stays in hand', async () => {
    await passes('escapes', 'retained')
  })

  test('without revocation', { skip: noTransfer }, async () => {
    await passes('escapes', 'unrevoked')
  })

  test('and forgets, with the buffer', { skip: noTransfer }, async () => {
    await passes('escapes', 'forgotten')
  })

  test('while it is pinned', { skip: noTransfer }, async () => {
    await passes('escapes', 'pinned')
  })

  test('by marking it as untransferable', async () => {
    await passes('escapes', 'marked')
  })
})

describe('an ArrayBuffer posted to a worker', () => {
  test("keeps its pixels when the worker outlives the owner's release", async () => {
    await passes('posted', 'outlived')
  })

  test('comes back when the worker is terminated after the release', async () => {
    await passes('posted', 'terminatedAfter')
  })

  test("comes back when the worker died before the owner's release", async () => {
    await passes('posted', 'terminatedBefore')
  })
})

describe('an ArrayBuffer posted by the worker that owns the pool', () => {
  test('can be read and written after the worker has ended', async () => {
    await passes('posted', 'orphaned')
  })

  test('can be read and written after the worker was terminated', async () => {
    await passes('posted', 'orphanedByForce')
  })

  const stale = 'can be read and written when stale views of a pool without revocation were posted'
  test(stale, { skip: noTransfer }, async () => {
    await passes('posted', 'orphanedStale')
  })
})
