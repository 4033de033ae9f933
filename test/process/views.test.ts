import { test } from 'node:test'
import { passes } from './child.js'

test('a view of an earlier tenancy is empty and writes nothing, whatever its kind', async () => {
  await passes('views', 'kinds')
})

test('a view of an earlier tenancy is empty at every depth', async () => {
  await passes('views', 'depths')
})

test('code that holds a view across a release goes on with an empty one', async () => {
  await passes('views', 'held')
})

test("a retained buffer's views and the first one's live apart", async () => {
  await passes('views', 'retained')
})

test('without revocation a stale view sees and writes the next tenancy', async () => {
  await passes('stale', 'seen')
})

test('a stale view that is transferred while its slot is free takes nothing from the next owner', async () => {
  await passes('stale', 'transferred')
})

test('without revocation a forgotten buffer comes back when no view of any tenancy is left', async () => {
  await passes('stale', 'forgotten')
})
