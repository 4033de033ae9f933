import assert from 'node:assert/strict'
import { readdirSync, statfsSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { scratchDirectory } from '../scratch-directory.js'
import { smallDisk } from '../small-disk.js'
import { type ChildOptions, passes, run } from './child.js'

/** The environment of a child that uses a disk of this machine; null, and skipped, without one. */
function disk(t: TestContext): ChildOptions | null {
  const directory = scratchDirectory(t)
  if (directory !== null) return { environment: { PIXELPOOL_SCRATCH: directory } }
  t.skip('no disk here can hold scratch')
  return null
}

describe('of a process with buffers in scratch', () => {
  test('kill -9 leaves no file', async (t) => {
    const options = disk(t)
    if (options === null) return
    const { signal, errors } = await run('scratch', ['killed'], options)
    assert.equal(signal, 'SIGKILL', errors)
    assert.deepEqual(readdirSync(options.environment?.PIXELPOOL_SCRATCH ?? ''), [])
  })

  test('kill -9 gives all their space back', async (t) => {
    const directory = smallDisk(t, 32 * 2 ** 20)
    if (directory === null) return t.skip('only root may mount a disk for the test')
    const environment = { PIXELPOOL_SCRATCH: directory, PIXELPOOL_TMPFS: 'yes' }
    const before = statfsSync(directory).bfree
    const { signal, errors } = await run('scratch', ['killed'], { environment })
    assert.equal(signal, 'SIGKILL', errors)
    assert.equal(statfsSync(directory).bfree, before)
    assert.deepEqual(readdirSync(directory), [])
  })

  test('a worker that is terminated takes none along', async (t) => {
    const options = disk(t)
    if (options !== null) await passes('scratch', 'terminated', options)
  })

  test('what a terminated worker posted away can be looked at', async (t) => {
    const options = disk(t)
    if (options !== null) await passes('scratch', 'staleAfterTermination', options)
  })
})
