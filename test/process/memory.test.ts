import { describe, test } from 'node:test'
import { has, passes } from './child.js'

const noLimit = has('prlimit') ? false : 'there is no prlimit'

describe('memory goes back to the system', () => {
  test('of an idle pool by trim(), to within 5 MB of before its first touch', async () => {
    await passes('memory', 'trimmed')
  })

  test('of a pool with no buffers out by close(), at once', async () => {
    await passes('memory', 'closed')
  })

  test('of a buffer in hand after close() by its release, and not before', async () => {
    await passes('memory', 'closedWithBufferInHand')
  })

  test('of a pinned slot after close() when its pin ends', async () => {
    await passes('memory', 'closedWhilePinned')
  })

  test('of slots of 1,000,000 bytes by trim(), whose neighbours keep every byte', async () => {
    await passes('memory', 'oddSlots')
  })
})

describe('a pool for which there is no memory', { skip: noLimit }, () => {
  test('is refused, with nothing half-made, and a smaller one works', async () => {
    await passes('out-of-memory', 'refused', { through: ['prlimit', '--data=1073741824'] })
  })
})
