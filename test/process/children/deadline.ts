import { setTimeout as pause } from 'node:timers/promises'

const deadlineMs = 10_000

/** Waits, a turn of the event loop at a time, until something is so. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`after ${deadlineMs} ms it is not so: ${what}`)
    await pause(1)
  }
}
