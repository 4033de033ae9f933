import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { PixelPool } from '../../../src/index.js'
import { refusal } from '../../refusal.js'
import { places } from './places.js'
import { play } from './scenario.js'

// The process may have 1 GiB of private memory, and uses some of it itself: a pool of 1 GiB does
// not fit.

const mib = 1024 * 1024

const refusalOfTheSystem = refusal(
  'ERR_OUT_OF_MEMORY',
  'the system refuses 1073741824 bytes for 64 slots; make the pool smaller',
)

await play({ refused })

function refused(): void {
  const slotBytes = 16 * mib
  // What the first refusal needs for itself stays mapped.
  assert.throws(() => new PixelPool({ slots: 64, slotBytes }), refusalOfTheSystem)
  const before = mapped()
  for (let i = 0; i < 20; i++) {
    assert.throws(() => new PixelPool({ slots: 64, slotBytes }), refusalOfTheSystem)
  }
  assert.ok(mapped() - before < 512 * mib, `${mapped() - before} bytes are left`)

  const pool = new PixelPool({ slots: 4, slotBytes })
  const buffers = Array.from({ length: 4 }, () => pool.acquire({ width: 2048, height: 2048 }))
  for (const { data } of buffers) data.fill(1)
  assert.throws(() => new PixelPool({ slots: 64, slotBytes }), refusalOfTheSystem)
  for (const { data } of buffers) assert.ok(data.every((sample) => sample === 1))
  for (const each of buffers) each.release()
  assert.equal(places(pool), '4 free')
}

/** Bytes of address space. */
function mapped(): number {
  const size = /^VmSize:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
  return Number(size) * 1024
}
