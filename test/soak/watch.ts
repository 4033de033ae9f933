import assert from 'node:assert/strict'
import type { ArenaStats, PixelArena } from '../../src/index.js'
import { checkArena } from '../equation.js'
import type { Sample } from './report.js'

export interface WatchOptions {
  readonly arena: PixelArena
  readonly scratchLimit: number
  /** Between samples that are told; checks are more. */
  readonly tellMs: number
  readonly tell: (sample: Sample) => void
  readonly fail: (error: unknown) => void
}

const checkMs = 100
/**
 * Bytes that a leased slot can keep of an earlier, larger tenant, where that is more than half of what
 * it has itself: there is no smaller size.
 */
const tailMost = 65_536

/** Asserts what must be so at any instant, again and again, and tells how things stand. */
export class Watch {
  readonly #options: WatchOptions
  #began = 0 // ms
  #timer: NodeJS.Timeout | undefined
  #told = Number.NEGATIVE_INFINITY
  checks = 0
  peakRss = 0

  constructor(options: WatchOptions) {
    this.#options = options
  }

  begin(): void {
    this.#began = performance.now()
    this.#timer = setInterval(() => this.#look(), checkMs)
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** @throws {AssertionError} */
  check(): ArenaStats {
    const { arena, scratchLimit } = this.#options
    const stats = checkArena(arena)
    const { leasedBytes, wastedBytes, idleBytes, heldBytes, scratchBytes, peakScratchBytes } = stats
    for (const bytes of [leasedBytes, wastedBytes, idleBytes]) assert.ok(bytes >= 0)
    assert.equal(leasedBytes + wastedBytes + idleBytes, heldBytes)
    // It is looked up after all else: whoever leased meanwhile may have touched more.
    const isQuiet = arena.stats().acquires === stats.acquires
    if (isQuiet) assert.ok(stats.residentBytes <= heldBytes, 'more is in memory than is held')
    assert.ok(scratchBytes <= peakScratchBytes)
    assert.ok(peakScratchBytes <= scratchLimit, 'more is on disk than may be')
    this.checks++
    return stats
  }

  /** What is idle is no more than leased slots can keep. @throws {AssertionError} */
  checkFreeIsEmpty(): void {
    const { idleBytes, leasedBytes, wastedBytes, slots, free } = this.check()
    const tails = (leasedBytes + wastedBytes) / 2 + tailMost * (slots - free)
    assert.ok(idleBytes <= tails, `after a rest ${idleBytes} bytes are held for nobody`)
  }

  #look(): void {
    try {
      const stats = this.check()
      const rss = process.memoryUsage.rss()
      this.peakRss = Math.max(this.peakRss, rss)
      const { tellMs, tell } = this.#options
      const now = performance.now()
      if (now - this.#told < tellMs) return
      this.#told = now
      const { leasedBytes: leased, wastedBytes: wasted, idleBytes: idle } = stats
      const { seconds } = this
      tell({ kind: 'sample', seconds, rss, leased, wasted, idle, scratch: stats.scratchBytes })
    } catch (error) {
      this.stop()
      this.#options.fail(error)
    }
  }
}
