import { readFileSync } from 'node:fs'
import { constants, type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

/** What a meter has seen since it was made. */
export interface Reading {
  readonly seconds: number
  /** Of all threads, in user and system mode. */
  readonly cpuSeconds: number
  /** Since the process began. */
  readonly peakRssBytes: number
  readonly minorFaults: number
  readonly majorCollections: number
}

/** Counts time, memory, page faults and major collections of this process. */
export class Meter {
  readonly #begin: number = performance.now()
  readonly #cpu: NodeJS.CpuUsage = process.cpuUsage()
  readonly #faults: number = process.resourceUsage().minorPageFault
  readonly #observer: PerformanceObserver
  #majorCollections = 0

  constructor() {
    this.#observer = new PerformanceObserver((list) => this.#count(list.getEntries()))
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  get seconds(): number {
    return (performance.now() - this.#begin) / 1000
  }

  /** The end: nothing is counted after it. */
  async stop(): Promise<Reading> {
    const { seconds } = this
    const { user, system } = process.cpuUsage(this.#cpu) // us
    const minorFaults = process.resourceUsage().minorPageFault - this.#faults
    await setTimeout(0) // the engine tells of a collection a turn later
    this.#count(this.#observer.takeRecords())
    this.#observer.disconnect()
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakRssBytes: peakRssBytes(),
      minorFaults,
      majorCollections: this.#majorCollections,
    }
  }

  #count(entries: readonly PerformanceEntry[]): void {
    this.#majorCollections += entries.filter(isMajor).length
  }
}

function isMajor(entry: PerformanceEntry): boolean {
  if (!('detail' in entry) || !isGc(entry.detail)) return false
  return entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
}

function isGc(detail: unknown): detail is { readonly kind: unknown } {
  return typeof detail === 'object' && detail !== null && 'kind' in detail
}

/** Linux counts what the parent had before the fork into maxRSS, but not into VmHWM. */
function peakRssBytes(): number {
  const kib = process.platform === 'linux' ? linuxPeakKib() : undefined
  return (kib ?? process.resourceUsage().maxRSS) * 1024
}

function linuxPeakKib(): number | undefined {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return line?.[1] === undefined ? undefined : Number(line[1])
}
