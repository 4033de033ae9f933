import { type Mix, mixes } from './mix.js'

const phases = ['rest', 'trickle', 'burst', 'end'] as const

export type Phase = (typeof phases)[number]

/** What is counted. */
const deeds = [
  'served',
  'waited',
  'refused',
  'decoded',
  'inScratch',
  'pinned',
  'retained',
  'moved',
  'adopted',
  'expired',
  'forgotten',
] as const

export type Deed = (typeof deeds)[number]

const cells = { phase: 0, mix: 1, burst: 2, appetiteKib: 3, deeds: 4 } as const

/** A row of numbers that all threads of a soak see: what is to be done, and what was. */
export class Board {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4 * (cells.deeds + deeds.length))) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
  }

  get phase(): Phase {
    return phases[this.#cells[cells.phase] ?? 0] ?? 'rest'
  }

  set phase(phase: Phase) {
    if (phase === 'burst') this.#cells[cells.burst] = this.burst + 1
    this.#cells[cells.phase] = phases.indexOf(phase)
  }

  get mix(): Mix {
    return mixes[this.#cells[cells.mix] ?? 0] ?? 'everything'
  }

  set mix(mix: Mix) {
    this.#cells[cells.mix] = mixes.indexOf(mix)
  }

  /** Bytes that a thread has out at most, in whole KiB. */
  get appetite(): number {
    return (this.#cells[cells.appetiteKib] ?? 0) * 1024
  }

  set appetite(bytes: number) {
    this.#cells[cells.appetiteKib] = Math.ceil(bytes / 1024)
  }

  /** How many bursts there were, this one included. */
  get burst(): number {
    return this.#cells[cells.burst] ?? 0
  }

  count(deed: Deed): void {
    Atomics.add(this.#cells, cells.deeds + deeds.indexOf(deed), 1)
  }

  total(deed: Deed): number {
    return this.#cells[cells.deeds + deeds.indexOf(deed)] ?? 0
  }

  totals(): Record<string, number> {
    return Object.fromEntries(deeds.map((deed) => [deed, this.total(deed)]))
  }
}
