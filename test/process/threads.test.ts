import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { passes } from './child.js'

test('eight threads share a pool while workers end at random points', async (t) => {
  const { output } = await passes('stress', 'terminations')
  tell(t, output)
})

describe('of thousands of waits in four threads, with random aborts and timeouts', () => {
  test('each one settles, none is served twice, and the order of the line is kept', async (t) => {
    const { output } = await passes('waits', 'oneSlot')
    tell(t, output)
  })

  test('each one settles and none is served twice where several slots come and go', async (t) => {
    const { output } = await passes('waits', 'threeSlots')
    tell(t, output)
  })
})

describe('no slot is lost between a release in one thread and', () => {
  for (const scenario of ['abort', 'timeout', 'turn']) {
    test(`waits that end in that moment in two others, by ${scenario}`, async (t) => {
      const { output } = await passes('races', scenario)
      tell(t, output)
    })
  }
})

describe('when a worker ends, in whatever way,', { concurrency: 2 }, () => {
  test('what it has moved is there, and what it held comes back', async () => {
    await passes('deaths', 'moved')
  })

  test('what it has moved is there also when nobody had read its message yet', async () => {
    await passes('deaths', 'unread')
  })

  test('what it leased, retained, pinned or closed comes back', async () => {
    await passes('deaths', 'held')
  })

  test('what it decoded into comes back when libvips is done with it', async () => {
    await passes('deaths', 'decoding')
  })

  test('its place in the line goes to the next', async () => {
    await passes('deaths', 'place')
  })

  test('what came to it and it did not take goes to the next', async () => {
    await passes('deaths', 'grant')
  })
})

describe('a process stays awake for a wait', { concurrency: 3 }, () => {
  test('while a worker holds the slots, and has it served', async () => {
    await passes('awake', 'lent')
  })

  test('while an idle worker has forgotten the slots, and has it served', async () => {
    await passes('awake', 'idle')
  })

  test('while the slots are on their way to nobody, and has it served', async () => {
    await passes('awake', 'moving')
  })

  test('when it released its own slots late, to one who was before it in the line', async () => {
    await passes('awake', 'releasedLate')
  })

  test('when it moved its own slots late', async () => {
    await passes('awake', 'movedLate')
  })

  test('in a worker, while the main thread holds the slots', async () => {
    await passes('awake', 'waitingWorker')
  })

  test('but not for what only the waiting thread itself holds', async () => {
    const { output } = await passes('awake', 'own')
    const waitedMs = Number(/ended after (\d+) ms/.exec(output)?.[1])
    assert.ok(2000 <= waitedMs && waitedMs < 6000, output)
  })
})

function tell(t: TestContext, output: string): void {
  for (const line of output.trim().split('\n')) t.diagnostic(line)
}
