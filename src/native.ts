import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PoolError } from './errors.js'
import type { NativeCodec, NativeNoCodec } from './native-codec.js'
import type { NativePool, NativePoolOptions } from './native-pool.js'

interface Addon {
  /** A new membership of a shared pool. */
  attach(key: string, keepsWraps: boolean, bell: number): NativePool | 'closed'
  canWrap(): boolean
  createPool(options: NativePoolOptions): NativePool | 'out of memory'
  /** Makes every view of the memory empty. */
  detach(memory: ArrayBuffer): void
  /** Every libvips in this process. */
  loadedLibvips(): { readonly file: string; readonly version: string }[]
  findCodec(file: string): NativeCodec | NativeNoCodec
  /** Lets malloc know that blocks of this size come and go in this process. */
  tellMalloc(bytes: number): void
  /** Asks the engine to collect garbage soon. */
  nudge(): void
  /**
   * Once in a thread, before its first pool. The listener is called when forgotten memory came
   * back; the flag says whether the thread's end finalizes all external ArrayBuffers before any
   * cleanup hook, as in Node. Answers the number of the bell for createPool().
   */
  start(onRing: () => void, endsByFinalizers: boolean): number
  /** Whether a slot could be put into a file there. */
  tryScratch(directory: string): 'ok' | 'full' | 'refused'
}

export const native: Addon = load()

/**
 * The addon that was compiled here, else the prebuilt one of this platform. Every path is spelled
 * out, so that a bundler can see it.
 */
function load(): Addon {
  const require = createRequire(import.meta.url)
  const platform = `${process.platform}-${process.arch}`
  const tries: (() => unknown)[] = [() => require('../../build/Release/pixelpool.node')]
  switch (platform) {
    case 'linux-x64':
      if (isMusl()) tries.push(() => require('../../prebuilds/linux-x64/pixelpool.musl.node'))
      else tries.push(() => require('../../prebuilds/linux-x64/pixelpool.glibc.node'))
      break
    case 'linux-arm64':
      if (isMusl()) tries.push(() => require('../../prebuilds/linux-arm64/pixelpool.musl.node'))
      else tries.push(() => require('../../prebuilds/linux-arm64/pixelpool.glibc.node'))
      break
    case 'darwin-x64':
    case 'darwin-arm64':
      tries.push(() => require('../../prebuilds/darwin-x64+arm64/pixelpool.node'))
      break
    case 'win32-x64':
      tries.push(() => require('../../prebuilds/win32-x64/pixelpool.node'))
      break
  }
  const reasons: unknown[] = []
  for (const attempt of tries) {
    try {
      return attempt() as Addon
    } catch (reason) {
      reasons.push(reason)
    }
  }
  const found = reasons.find((reason) => !isMissing(reason))
  const [why] = found instanceof Error ? found.message.split('\n', 1) : []
  const what = why === undefined ? 'is not in the package' : `does not load (${why})`
  throw new PoolError(
    'ERR_UNSUPPORTED_RUNTIME',
    `the addon for ${platform} ${what}; run \`npx pixelpool build\` to compile it here`,
    { cause: found },
  )
}

function isMissing(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && reason.code === 'MODULE_NOT_FOUND'
}

function isMusl(): boolean {
  try {
    return readFileSync('/usr/bin/ldd', 'latin1').includes('musl')
  } catch {
    return false
  }
}
