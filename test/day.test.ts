import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import { PixelArena, type PixelBuffer } from '../src/index.js'
import { choose } from './choose.js'
import { checkArena } from './equation.js'
import { FakeClock } from './fake-clock.js'
import { random } from './process/children/random.js'

// A day of a server, with a clock that is told the time: bursts of pictures of one mix of sizes or
// another, and rests between them. A longer one for a release:
//   PIXELPOOL_MODEL_OPERATIONS=1000000 node --test dist/test/day.test.js
const operationsWanted = Number(process.env.PIXELPOOL_MODEL_OPERATIONS ?? 6000)

const dayMs = 86_400_000
const after = 5000 // ms
const look = after / 4
const budget = 12 * 2 ** 20

/** Mixes of widths: thumbnails, photos, frames, and all of them. */
const mixes: readonly (readonly [least: number, most: number])[] = [
  [16, 128],
  [256, 700],
  [960, 980],
  [1, 1400],
]

test('a day of bursts and rests stays in its budget, and gives back what lies idle', (t) => {
  t.mock.method(fs, 'readFileSync', () => 'some avg10=0.00')
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 2 ** 31)
  const day = new Day(seed)
  day.pass()
  t.diagnostic(`seed ${seed}: ${day}`)
})

class Day {
  readonly #clock: FakeClock = new FakeClock()
  readonly #arena: PixelArena = new PixelArena({ budget, idle: { after, clock: this.#clock } })
  readonly #begin: number = this.#clock.now()
  readonly #roll: () => number
  #hand: { readonly buffer: PixelBuffer; readonly color: number }[] = []
  #operations = 0
  #bursts = 0
  #refused = 0

  constructor(seed: number) {
    this.#roll = random(seed)
  }

  pass(): void {
    const burstMs = (0.5 * dayMs) / (operationsWanted / 300)
    while (this.#clock.now() < this.#begin + dayMs) {
      this.#burst(burstMs)
      this.#rest(burstMs)
    }
    this.#arena.close()
    assert.equal(this.#arena.stats().heldBytes, 0)
  }

  toString(): string {
    const hours = ((this.#clock.now() - this.#begin) / 3_600_000).toFixed(1)
    const { peakHeldBytes, trimmedBytes } = this.#arena.stats()
    return (
      `${this.#operations} operations, ${this.#refused} refused, ${this.#bursts} bursts in ` +
      `${hours} h, at most ${peakHeldBytes} of ${budget} bytes held, ${trimmedBytes} given back`
    )
  }

  /** Some hundred operations of one mix; what is in hand grows and shrinks. */
  #burst(ms: number): void {
    this.#bursts++
    const [least, most] = choose(mixes, Math.floor(this.#roll() * mixes.length)) ?? [1, 1]
    const wanted = 200 + Math.floor(this.#roll() * 200)
    const greed = 0.4 + 0.3 * this.#roll()
    for (let i = 0; i < wanted; i++) {
      if (this.#roll() < greed) this.#acquire(least + Math.floor(this.#roll() * (most - least)))
      else this.#release(Math.floor(this.#roll() * 1000))
      this.#clock.advance((this.#roll() * 2 * ms) / wanted)
      this.#check()
    }
    while (this.#hand.length > 0) this.#release(0)
  }

  #acquire(width: number): void {
    this.#operations++
    const shape = { width, height: Math.ceil(width * 0.5625) }
    const { leasedBytes, wastedBytes } = this.#arena.stats()
    const buffer = this.#arena.tryAcquire(shape)
    if (buffer === null) {
      this.#refused++
      const most = Math.ceil((shape.width * shape.height * 4) / 2 ** 21) * 2 ** 21
      assert.ok(leasedBytes + wastedBytes + most > budget, 'nobody is refused what is there')
      return
    }
    const color = this.#operations % 256
    paint(buffer, color)
    this.#hand.push({ buffer, color })
  }

  #release(pick: number): void {
    this.#operations++
    const held = choose(this.#hand, pick)
    if (held === undefined) return
    assert.ok(shows(held.buffer, held.color), 'a buffer keeps its pixels')
    held.buffer.release()
    this.#hand = this.#hand.filter((each) => each !== held)
  }

  /** Two times that a slot must not have been needed, and a half, and nothing is left. */
  #rest(ms: number): void {
    const { heldBytes } = this.#check()
    assert.equal(heldBytes, this.#arena.stats().idleBytes)
    const held = [heldBytes]
    for (let i = 0; i < 10; i++) {
      this.#clock.advance(look)
      held.push(this.#check().heldBytes)
      assert.ok((held.at(-1) ?? 0) <= (held.at(-2) ?? 0))
    }
    assert.equal(held.at(-1), 0, `${held} were held`)
    this.#clock.advance(this.#roll() * 2 * ms)
    assert.equal(this.#check().heldBytes, 0)
  }

  #check(): ReturnType<typeof checkArena> {
    const stats = checkArena(this.#arena)
    assert.equal(stats.leasedBytes + stats.wastedBytes + stats.idleBytes, stats.heldBytes)
    assert.equal(stats.leased, this.#hand.length)
    return stats
  }
}

/** A sample of each page, and the last one. */
function paint({ data }: PixelBuffer, color: number): void {
  for (let i = 0; i < data.length; i += 4096) data[i] = color
  data[data.length - 1] = color
}

function shows({ data }: PixelBuffer, color: number): boolean {
  for (let i = 0; i < data.length; i += 4096) if (data[i] !== color) return false
  return data[data.length - 1] === color
}
