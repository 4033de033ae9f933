import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

export type Malloc = 'jemalloc' | 'mimalloc'

const triplets: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
}
const folder = `/usr/lib/${triplets[process.arch]}`

/** Libraries that take malloc's place in a process started with them, as Debian installs them. */
const libraries: Readonly<Record<Malloc, string>> = {
  jemalloc: `${folder}/libjemalloc.so.2`,
  mimalloc: `${folder}/libmimalloc.so.2.0`,
}

export const mallocs: readonly Malloc[] = ['jemalloc', 'mimalloc']

export function isInstalled(malloc: Malloc): boolean {
  return process.platform === 'linux' && existsSync(libraries[malloc])
}

/** A sentence for a bench's description, or nothing. */
export function missingMallocs(): string {
  const missing = mallocs.filter((malloc) => !isInstalled(malloc))
  return missing.length === 0 ? '' : ` Not installed here: ${missing.join(', ')}.`
}

/** What a process must find in its environment to run on this malloc. */
export function toEnvironment(malloc: Malloc): NodeJS.ProcessEnv {
  return { LD_PRELOAD: libraries[malloc] }
}

/** @throws when this process does not run on it: the loader only warns of what it cannot load */
export function checkRunsOn(malloc: Malloc): void {
  if (readFileSync('/proc/self/maps', 'latin1').includes(basename(libraries[malloc]))) return
  throw new Error(`this process was to run on ${malloc} and does not`)
}
