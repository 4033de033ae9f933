import { readFileSync } from 'node:fs'
import { memoryLimit } from './memory-limit.js'

const leastAvailable = 0.1 // of what this process may use
const stalledMost = 10 // percent of the last ten seconds in which some thread waited for memory
const stallFiles = ['/sys/fs/cgroup/memory.pressure', '/proc/pressure/memory']

/**
 * Whether memory is short on this machine or in this container. Linux tells how long threads stood
 * still for want of it, which is the better sign: what is available counts the files that were read
 * lately against a container.
 */
export function isMemoryShort(): boolean {
  const stalled = stalledPercent()
  if (stalled !== null && stalled >= stalledMost) return true
  const available = process.availableMemory?.() ?? Number.POSITIVE_INFINITY
  return available < leastAvailable * memoryLimit() && stalled !== 0
}

/** Null where the system does not tell. */
function stalledPercent(): number | null {
  for (const file of stallFiles) {
    try {
      const match = /^some avg10=([\d.]+)/.exec(readFileSync(file, 'latin1'))
      if (match !== null) return Number(match[1])
    } catch {}
  }
  return null
}
