import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { toScratch } from '../src/scratch.js'

const places = [tmpdir(), '/var/tmp', fileURLToPath(new URL('../../build', import.meta.url))]

/** A directory of the test's own on a disk that can hold scratch; null, and why, where none can. */
export function scratchDirectory(t: Pick<TestContext, 'after'>): string | null {
  for (const place of places) {
    const directory = emptyIn(place)
    if (directory === null) continue
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    return directory
  }
  return null
}

function emptyIn(place: string): string | null {
  try {
    toScratch([{ directory: place, limit: 65_536 }])
    return mkdtempSync(join(place, 'pixelpool-'))
  } catch {
    return null
  }
}
