import { describe, type TestContext, test } from 'node:test'
import { scratchDirectory } from '../scratch-directory.js'
import { passes } from './child.js'

async function live(t: TestContext, scenario: string, directory = ''): Promise<void> {
  const environment = { PIXELPOOL_SCRATCH: directory }
  const { output } = await passes('tenants', scenario, { environment })
  for (const line of output.trim().split('\n')) t.diagnostic(line)
}

describe('threads that share an arena, and end at any moment, stay in its budget', () => {
  for (const scenario of ['inMemory', 'clearedOnAcquire', 'clearedOnRelease']) {
    test(scenario, (t) => live(t, scenario))
  }
  for (const scenario of ['inScratch', 'inScratchCleared']) {
    test(scenario, (t) => {
      const directory = scratchDirectory(t)
      return directory === null ? t.skip('no disk here') : live(t, scenario, directory)
    })
  }
})
