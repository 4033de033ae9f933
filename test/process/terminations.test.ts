import { describe, test } from 'node:test'
import { passes } from './child.js'

describe('a process lives on with its own pool in balance', { concurrency: 2 }, () => {
  test('when 200 workers are terminated mid-lease', async () => {
    await passes('terminations', 'terminated')
  })

  test('when workers end by themselves with buffers out', async () => {
    await passes('terminations', 'ended')
  })

  test('when workers end by process.exit() with buffers out', async () => {
    await passes('terminations', 'exited')
  })

  test('when a worker with a caller in line has nothing else to do', async () => {
    await passes('terminations', 'waiting')
  })
})
