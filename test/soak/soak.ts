import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { PixelArena } from '../../src/index.js'
import { choose } from '../choose.js'
import { collectUntil } from '../collect.js'
import { random } from '../process/children/random.js'
import { Board, type Deed } from './board.js'
import { Crew } from './crew.js'
import { appetites, type Mix, mixes } from './mix.js'
import type { Photo } from './photos.js'
import { clears, type Plan, slackBytes } from './plan.js'
import type { Report, Summary } from './report.js'
import { Server } from './server.js'
import type { Parcel } from './tenancy.js'
import { Watch } from './watch.js'

const samplesMax = 600
const shortest = { burst: 7, rest: 18 } as const // seconds
const longest = { burst: 12, rest: 20 } as const
const longestShare = { burst: 1 / 16, rest: 1 / 20 } as const // of a soak, where that is longer
const terminationsEach = 5 // seconds of a burst, at most so often
const silentShare = 0.75 // of the rests
/** Seconds in which what is idle has gone: 5 until the first look that finds it so, and some looks. */
const idleGone = 11.5
const endMs = 30_000

export interface SoakOptions {
  readonly plan: Plan
  readonly photos: readonly Photo[]
  readonly tell: (report: Report) => void
  /** Called with what is not as it must be, by whichever thread finds it. */
  readonly fail: (error: unknown) => void
}

/** The load of a server on one arena: bursts, and rests after which memory must be back. */
export class Soak {
  readonly #plan: Plan
  readonly #tell: SoakOptions['tell']
  readonly #fail: SoakOptions['fail']
  readonly #roll: () => number // of what is to be done
  readonly #mixes: Mix[] = [] // of the next bursts
  readonly #clear: (typeof clears)[number]
  readonly #board: Board = new Board()
  readonly #arena: PixelArena
  readonly #crew: Crew
  readonly #server: Server // of this thread
  readonly #watch: Watch
  #startRss = 0

  constructor({ plan, photos, tell, fail }: SoakOptions) {
    const { seed, seconds, budgetBytes: budget, scratch } = plan
    this.#plan = plan
    this.#tell = tell
    this.#fail = fail
    this.#roll = random(seed)
    this.#clear = choose(clears, seed) ?? 'never'
    const arena = new PixelArena({ budget, scratch, clear: this.#clear })
    this.#arena = arena
    const board = this.#board
    const way = random(seed + 1) // of what is moved
    const common = { photos, seed, clears: this.#clear !== 'never' }
    this.#crew = new Crew({
      data: { ...common, token: arena.share(), memory: board.memory },
      onParcel: (parcel) => {
        if (way() < 0.3) this.#server.receive(parcel).catch(fail)
        else this.#crew.pass(parcel, pick(way))
      },
      onError: fail,
    })
    const send = (parcel: Parcel): void => this.#crew.pass(parcel, pick(way))
    this.#server = new Server({ ...common, arena, board, send })
    const scratchLimit = scratch.reduce((sum, { limit }) => sum + limit, 0)
    const tellMs = (seconds * 1000) / samplesMax
    this.#watch = new Watch({ arena, scratchLimit, tellMs, tell, fail })
  }

  /** @throws {AssertionError} what this thread has found */
  async run(): Promise<Summary> {
    const { seconds, workers } = this.#plan
    await this.#server.warm()
    for (let i = 0; i < workers; i++) await this.#crew.hire()
    this.#arena.trim()
    this.#startRss = process.memoryUsage.rss()
    this.#watch.begin()
    const serving = this.#server.run()
    serving.catch(this.#fail)
    while (this.#watch.seconds < seconds) {
      await this.#burst()
      await this.#rest()
    }
    this.#board.phase = 'end'
    await Promise.all([serving, this.#crew.end()])
    return this.#end()
  }

  async #burst(): Promise<void> {
    const { budgetBytes, seconds: whole, workers } = this.#plan
    const most = Math.max(longest.burst, longestShare.burst * whole)
    const seconds = between(shortest.burst, most, this.#roll)
    const mix = this.#nextMix()
    const appetite = between(...appetites[mix], this.#roll)
    const terminations = Math.floor((seconds / terminationsEach) * this.#roll())
    const servedBefore = this.#board.total('served')
    const from = this.#watch.seconds
    this.#board.mix = mix
    this.#board.appetite = (appetite * budgetBytes) / (workers + 1)
    this.#board.phase = 'burst'
    for (let i = 0; i < terminations; i++) {
      await this.#until(from + ((i + this.#roll()) / terminations) * seconds)
      this.#tell({ kind: 'terminated', seconds: this.#watch.seconds })
      await this.#crew.replace(pick(this.#roll))
    }
    await this.#until(from + seconds)
    const served = this.#board.total('served') - servedBefore
    this.#tell({ kind: 'burst', from, to: this.#watch.seconds, mix, served })
    assert.ok(served > 0, 'nobody was served in a burst')
  }

  /** At its end the process has no more than the arena holds, and what it had at the start. */
  async #rest(): Promise<void> {
    const most = Math.max(longest.rest, longestShare.rest * this.#plan.seconds)
    const seconds = between(shortest.rest, most, this.#roll)
    this.#board.phase = this.#roll() < silentShare ? 'rest' : 'trickle'
    await pause((seconds - idleGone) * 1000)
    const before = this.#watch.check()
    await pause(idleGone * 1000)
    const { heldBytes, scratchBytes, ...after } = this.#watch.check()
    const rss = process.memoryUsage.rss()
    const rssMost = this.#startRss + heldBytes + scratchBytes + slackBytes
    // What was forgotten can come back at any time.
    const isQuiet = before.acquires === after.acquires && before.free === after.free
    this.#tell({ kind: 'rested', seconds: this.#watch.seconds, rss, most: rssMost, isQuiet })
    assert.ok(rss <= rssMost, `after a rest RSS is ${rss} bytes, and may be ${rssMost}`)
    if (isQuiet) this.#watch.checkFreeIsEmpty()
  }

  /** All is free, whatever the threads have forgotten or left, and the memory goes back. */
  async #end(): Promise<Summary> {
    const arena = this.#arena
    const taken = (): number => this.#watch.check().slots - arena.stats().free
    const isAllFree = await collectUntil(() => taken() === 0, endMs)
    assert.ok(isAllFree, `at the end ${taken()} slots are not free`)
    arena.trim()
    const { heldBytes, scratchBytes, waiting, ...stats } = this.#watch.check()
    assert.deepEqual(
      { heldBytes, scratchBytes, waiting },
      { heldBytes: 0, scratchBytes: 0, waiting: 0 },
    )
    const deeds = this.#board.totals()
    const missing = this.#expected().filter((deed) => !deeds[deed])
    assert.deepEqual(missing, [], 'what a soak is to do was not done')
    const advised = arena.advise().budget
    this.#watch.stop()
    arena.close()
    return {
      kind: 'summary',
      clear: this.#clear,
      startRss: this.#startRss,
      peakRss: this.#watch.peakRss,
      peakHeld: stats.peakHeldBytes,
      peakScratch: stats.peakScratchBytes,
      leaked: stats.leaked,
      checks: this.#watch.checks,
      deeds,
      advised,
    }
  }

  /** What the load must have come to: a short one has not all mixes. */
  #expected(): Deed[] {
    const all: Deed[] = ['served', 'pinned', 'retained', 'moved', 'adopted', 'forgotten']
    if (this.#board.burst < mixes.length) return all
    return this.#plan.scratch.length > 0
      ? [...all, 'decoded', 'inScratch']
      : [...all, 'decoded', 'waited']
  }

  /** Each comes once in so many bursts as there are. */
  #nextMix(): Mix {
    if (this.#mixes.length === 0) this.#mixes.push(...mixes)
    const [mix = 'everything'] = this.#mixes.splice(pick(this.#roll) % this.#mixes.length, 1)
    return mix
  }

  async #until(seconds: number): Promise<void> {
    await pause(Math.max(0, seconds - this.#watch.seconds) * 1000)
  }
}

/** Short ones as often as long ones. */
function between(least: number, most: number, roll: () => number): number {
  return least * (most / least) ** roll()
}

function pick(roll: () => number): number {
  return Math.floor(roll() * 2 ** 31)
}
