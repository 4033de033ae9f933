import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Mounts a tmpfs of so many bytes for one test; null where this user may not. */
export function smallDisk(t: Pick<TestContext, 'after'>, bytes: number): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const directory = mkdtempSync(join(tmpdir(), 'pixelpool-disk-'))
  const options = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'pixelpool', directory]
  const mounted = spawnSync('mount', options).status === 0
  t.after(() => {
    if (mounted) spawnSync('umount', ['--lazy', directory])
    rmdirSync(directory)
  })
  return mounted ? directory : null
}
