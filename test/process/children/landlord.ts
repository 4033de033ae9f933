import assert from 'node:assert/strict'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'
import { collectAll } from './garbage.js'
import { places } from './places.js'
import { sees } from './sees.js'

/** The thread that outlives its workers: a pool of its own in use, and memory that they posted. */
export class Landlord {
  readonly #pool: PixelPool = new PixelPool({ slots: 4, shape: { width: 256, height: 256 } })
  readonly #hands: PixelBuffer[] = []
  #posted: ArrayBuffer[] = []

  keep(posted: unknown): void {
    if (!(posted instanceof ArrayBuffer)) return
    this.#posted.push(posted)
    if (this.#posted.length > 20) this.#posted = []
  }

  /** Whatever a worker has done, this pool's pixels are its own and the posted ones are there. */
  work(): void {
    checkEquation(this.#pool)
    for (const [i, { data }] of this.#hands.entries()) assert.ok(sees(data, i + 1))
    for (const each of this.#hands.splice(0)) each.release()
    for (let i = 0; i < 3; i++) {
      const buffer = this.#pool.acquire()
      buffer.data.fill(i + 1)
      this.#hands.push(buffer)
    }
    // Only read: what is written to a dead worker's memory stays there for ever. What it shows is
    // not promised, since it may be given back at this moment.
    for (const memory of this.#posted) {
      assert.equal(memory.byteLength, 1024 * 1024)
      assert.ok(!Buffer.from(memory).includes('what no worker writes'))
    }
    assert.equal(places(this.#pool), '1 free, 3 leased')
  }

  async end(): Promise<void> {
    this.#posted = []
    for (const each of this.#hands) each.release()
    await collectAll()
    assert.equal(places(this.#pool), '4 free')
    const { acquires, releases, leaked } = this.#pool.stats()
    assert.deepEqual({ releases, leaked }, { releases: acquires, leaked: 0 })
  }
}
