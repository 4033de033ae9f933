import { readFileSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

/** Everything measured flows in here and is printed, so that no work can be optimised away. */
export const sink: { value: number } = { value: 0 }

const bytesPerMb = 1_000_000
const bytesPerKib = 1024

export interface Usage {
  /** Minor page faults. */
  readonly faults: number
  /** Processor time of all threads, the kernel's part included. */
  readonly cpuMs: number
  readonly gcCount: number
  readonly gcMs: number
  readonly gcLongestMs: number
  /** Highest resident size of the process so far. */
  readonly peakMb: number
  /** Resident size some time after the last work, with no collection asked for. */
  readonly idleMb: number
}

/** What this process uses from here to stop(). */
export class Meter {
  readonly #pauses: number[] = [] // ms
  readonly #observer: PerformanceObserver
  readonly #faults: number = process.resourceUsage().minorPageFault
  readonly #cpu: NodeJS.CpuUsage = process.cpuUsage()

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#pauses.push(duration)
    })
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  async stop(idleMs: number): Promise<Usage> {
    const faults = process.resourceUsage().minorPageFault - this.#faults
    const { user, system } = process.cpuUsage(this.#cpu) // us
    const peakMb = peakRssMb()
    // Collections are told of a turn later.
    await turn()
    await turn()
    this.#observer.disconnect()
    await wait(idleMs)
    return {
      faults,
      cpuMs: (user + system) / 1e3,
      gcCount: this.#pauses.length,
      gcMs: this.#pauses.reduce((sum, pause) => sum + pause, 0),
      gcLongestMs: Math.max(0, ...this.#pauses),
      peakMb,
      idleMb: rssMb(),
    }
  }
}

export function rssMb(): number {
  return process.memoryUsage.rss() / bytesPerMb
}

/**
 * `resourceUsage().maxRSS` starts on Linux at the peak of the process that started this one, so it
 * is used only where the kernel does not tell this process' own.
 */
function peakRssMb(): number {
  const kib =
    process.platform === 'linux'
      ? Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
      : process.resourceUsage().maxRSS
  return (kib * bytesPerKib) / bytesPerMb
}
