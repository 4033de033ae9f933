import { parentPort } from 'node:worker_threads'
import { untilCollected } from './garbage.js'

// A worker that keeps an ArrayBuffer it was given, shows it and drops it.

let memory: ArrayBuffer | null = null

parentPort?.on('message', (order: unknown) => {
  if (order === 'show') {
    const bytes = new Uint8Array(memory ?? new ArrayBuffer(0))
    parentPort?.postMessage({ length: bytes.length, samples: [...new Set(bytes)] })
  } else if (order === 'drop') {
    memory = null
    // Until it is terminated.
    void untilCollected('the owner has seen it', () => false)
  } else if (order instanceof ArrayBuffer) {
    memory = order
    parentPort?.postMessage('kept')
  }
})
