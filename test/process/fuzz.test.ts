import { test } from 'node:test'
import { passes } from './child.js'

test('damaged pictures are decoded as sharp does it or refused, and nothing is overrun', async (t) => {
  const { output } = await passes('fuzz', 'damaged')
  for (const line of output.trimEnd().split('\n')) t.diagnostic(line)
})
