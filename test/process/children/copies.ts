import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PixelPool } from '../../../src/index.js'
import { collectUntil } from '../../collect.js'
import { play } from './scenario.js'

await play({ both })

/** A test runner may load our JavaScript twice in one thread; the addon is there once. */
async function both(): Promise<void> {
  const ours = fileURLToPath(new URL('../../../src', import.meta.url))
  const copy = mkdtempSync(join(dirname(ours), 'copy-')) // as deep as ours: it loads the addon
  try {
    cpSync(ours, copy, { recursive: true })
    const other = await import(pathToFileURL(join(copy, 'index.js')).href)
    assert.notEqual(other.PixelPool, PixelPool)
    const options = { slots: 2, shape: { width: 16, height: 16 }, leaks: 'trace' } as const
    const pools = [new PixelPool(options), new other.PixelPool(options)]
    const warnings: Error[] = []
    process.on('warning', (warning) => warnings.push(warning))
    for (const pool of pools) forget(pool)
    assert.ok(await collectUntil(() => warnings.length === pools.length))
    for (const pool of pools) assert.equal(pool.stats().free, 2)
  } finally {
    rmSync(copy, { recursive: true })
  }
}

function forget(pool: PixelPool): void {
  pool.acquire()
}
