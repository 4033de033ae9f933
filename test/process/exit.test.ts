import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { scratchDirectory } from '../scratch-directory.js'
import { run } from './child.js'

const states = [
  'leased',
  'traced',
  'retained',
  'escaped',
  'pinned',
  'encoding',
  'closed',
  'inArena',
]

describe('a process ends as it would without a pool', { concurrency: 2 }, () => {
  for (const state of states) {
    test(`by itself with buffers ${state}`, async () => {
      const { code, signal, output, errors } = await run('exit', [state, 'naturally'])
      assert.deepEqual({ code, signal, output, errors }, ended(0, `${state}\n`))
    })

    test(`by process.exit() with buffers ${state}`, async () => {
      const { code, signal, output, errors } = await run('exit', [state, 'exit'])
      assert.deepEqual({ code, signal, output, errors }, ended(3, `${state}\n`))
    })

    test(`by an uncaught error with buffers ${state}`, async () => {
      const { code, signal, output, errors } = await run('exit', [state, 'throw'])
      assert.deepEqual({ code, signal, output }, { code: 1, signal: null, output: `${state}\n` })
      assert.match(errors, /Error: nobody catches this/)
    })
  }

  for (const [end, expected] of [
    ['naturally', 0],
    ['exit', 3],
    ['throw', 1],
  ] as const) {
    test(`with buffers in scratch: ${end}`, async (t) => {
      const directory = scratchDirectory(t)
      if (directory === null) return t.skip('no disk here can hold scratch')
      const environment = { PIXELPOOL_SCRATCH: directory }
      const { code, output, errors } = await run('exit', ['inScratch', end], { environment })
      assert.deepEqual([code, output], [expected, 'inScratch\n'], errors)
    })
  }

  test('by process.exit() with callers in line', async () => {
    const { code, signal, output, errors } = await run('exit', ['waiting', 'exit'])
    assert.deepEqual({ code, signal, output, errors }, ended(3, 'waiting\n'))
  })

  test('by an uncaught error with callers in line', async () => {
    const { code, signal, output, errors } = await run('exit', ['waiting', 'throw'])
    assert.deepEqual({ code, signal, output }, { code: 1, signal: null, output: 'waiting\n' })
    assert.match(errors, /Error: nobody catches this/)
  })

  test('by itself with callers in line, after about 3 s', async () => {
    const { code, signal, output, errors } = await run('exit', ['waiting', 'late'])
    assert.deepEqual({ code, signal, errors }, { code: 0, signal: null, errors: '' })
    assertSoon(output)
  })

  test('as an unsettled top-level await does where the caller in line is one', async () => {
    const { code, signal, output } = await run('exit', ['awaiting', 'late'])
    assert.deepEqual({ code, signal }, { code: 13, signal: null })
    assertSoon(output)
  })
})

function ended(code: number, output: string): object {
  return { code, signal: null, output, errors: '' }
}

/** The child tells how long it waited in line. */
function assertSoon(output: string): void {
  const waitedMs = Number(/ended after (\d+) ms/.exec(output)?.[1])
  assert.ok(2000 <= waitedMs && waitedMs < 6000, output)
}
