import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PixelBuffer, PixelPool } from '../../../src/index.js'
import { decode, strips } from '../../../src/sharp/index.js'

// Ends the process while the pictures of a folder are decoded, all named on the command line.

const pool = new PixelPool({ slots: 8, slotBytes: 10_000_000 })
const hands: (PixelBuffer | Promise<unknown>)[] = []
const [, , folder = '', state = '', end = '', delayMs = '0'] = process.argv
const pictures = readdirSync(folder).map((name) => readFileSync(join(folder, name)))

const states: Readonly<Record<string, () => void>> = {
  direct: () => {
    for (const bytes of pictures) hands.push(decode(bytes, { pool, path: 'direct' }))
  },
  copied: () => {
    for (const bytes of pictures) hands.push(decode(bytes, { pool, path: 'copy' }))
  },
  turned: () => {
    for (const bytes of pictures) {
      hands.push(decode(bytes, { pool, autoOrient: true, onProgress: () => {} }))
    }
  },
  striped: () => {
    for (const bytes of pictures) hands.push(strips(bytes, { pool, rows: 100 }).next())
  },
  aborted: () => {
    const controller = new AbortController()
    const { signal } = controller
    for (const bytes of pictures) hands.push(decode(bytes, { pool, signal }).catch(() => {}))
    controller.abort()
  },
  closed: () => {
    for (const bytes of pictures) hands.push(decode(bytes, { pool }).catch(() => {}))
    pool.close()
  },
}

const ends: Readonly<Record<string, () => void>> = {
  naturally: () => {},
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('nobody catches this')
  },
}

const [enter, leave] = [states[state], ends[end]]
if (enter === undefined || leave === undefined) throw new Error(`cannot end ${state} ${end}`)
enter()
console.log(state)
// A little later, so that native work has begun, or is done in part.
setTimeout(leave, Number(delayMs))
