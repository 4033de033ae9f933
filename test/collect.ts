import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects garbage now and lets finalizers run, until the condition holds or the time is over. */
export async function collectUntil(condition: () => boolean, timeoutMs = 5000): Promise<boolean> {
  const end = Date.now() + timeoutMs
  while (!condition()) {
    if (Date.now() > end) return false
    collectGarbage()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return true
}

const collectGarbage: () => void = ((): (() => void) => {
  if (globalThis.gc !== undefined) return globalThis.gc
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
})()
