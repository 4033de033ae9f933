import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach, mock, test } from 'node:test'
import { isMemoryShort } from '../src/pressure.js'

const cgroup = '/sys/fs/cgroup/memory.pressure'
const system = '/proc/pressure/memory'
const limit = 1_000_000_000 // bytes that this process may use, it is told

afterEach(() => {
  mock.restoreAll()
  syncBuiltinESMExports()
})

/** The files as they are, and how much memory is available. */
function given(files: Readonly<Record<string, string>>, available = limit): void {
  mock.method(fs, 'readFileSync', (path: string): string => {
    const text = files[path]
    if (text === undefined) throw new Error(`there is no ${path}`)
    return text
  })
  syncBuiltinESMExports()
  mock.method(process, 'constrainedMemory', () => limit)
  mock.method(process, 'availableMemory', () => available)
}

const stall = (percent: string): string =>
  `some avg10=${percent} avg60=99.00 avg300=99.00 total=1\nfull avg10=99.00 avg60=0.00 total=1\n`

test('memory is short when threads stood still for it, of ten seconds one and more', () => {
  given({ [cgroup]: stall('10.00') })
  assert.equal(isMemoryShort(), true)
  given({ [cgroup]: stall('100.00') })
  assert.equal(isMemoryShort(), true)
  given({ [cgroup]: stall('9.99') })
  assert.equal(isMemoryShort(), false)
})

test('the control group is asked first, then the system', () => {
  given({ [cgroup]: stall('0.00'), [system]: stall('50.00') })
  assert.equal(isMemoryShort(), false)
  given({ [system]: stall('50.00') })
  assert.equal(isMemoryShort(), true)
  given({ [cgroup]: 'of another form', [system]: stall('50.00') })
  assert.equal(isMemoryShort(), true)
})

test('memory is short when less than a tenth is available', () => {
  for (const files of [{}, { [system]: 'of another form' }, { [system]: stall('0.01') }]) {
    given(files, limit / 10 - 1)
    assert.equal(isMemoryShort(), true)
    given(files, limit / 10)
    assert.equal(isMemoryShort(), false)
  }
})

test('but not while nobody stands still for it: files that were read count against it', () => {
  given({ [cgroup]: stall('0.00') }, 0)
  assert.equal(isMemoryShort(), false)
})

test('a runtime that does not tell what is available has enough', () => {
  given({})
  const none = { availableMemory: undefined }
  const own = Object.getOwnPropertyDescriptor(process, 'availableMemory')
  Object.assign(process, none)
  assert.equal(isMemoryShort(), false)
  if (own !== undefined) Object.defineProperty(process, 'availableMemory', own)
})

test('it answers on this machine, whatever it is', () => {
  assert.equal(typeof isMemoryShort(), 'boolean')
})
