import { describe, test } from 'node:test'
import { passes } from './child.js'

// One thread for native work, so that what is queued there waits for what runs.
const options = { environment: { UV_THREADPOOL_SIZE: '1' } }
const skip = process.platform === 'win32' ? 'Windows has no mkfifo' : false

describe('fs.read into a buffer that is released meanwhile', { skip }, () => {
  test("writes into the next owner's pixels without a pin", async () => {
    await passes('in-flight', 'readUnpinned', options)
  })

  test('keeps the slot from being leased with a pin', async () => {
    await passes('in-flight', 'readPinned', options)
  })
})

describe('sharp reading a buffer that is released meanwhile', { skip }, () => {
  test("reads the next owner's pixels without a pin", async () => {
    await passes('in-flight', 'sharpUnpinned', options)
  })

  test('reads what was there with a pin', async () => {
    await passes('in-flight', 'sharpPinned', options)
  })

  test('reads what was there through encode()', async () => {
    await passes('in-flight', 'sharpEncoded', options)
  })
})
