import { statfsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ByteCount, toBytes } from './bytes.js'
import { argumentError, PoolError } from './errors.js'
import { native } from './native.js'

/** A directory whose disk takes slots when the budget is spent. */
export interface ScratchOptions {
  readonly directory: string
  /** The most that may be there at once: bytes, or text such as `'10GB'`. */
  readonly limit: ByteCount
  /** `'tmpfs'` where the directory is one: it is memory, so it must be asked for. */
  readonly fileSystem?: 'tmpfs' | undefined
}

/** {@link ScratchOptions} that were checked. */
export interface ScratchPlan {
  readonly directory: string
  readonly limit: number
}

const leastBytes = 65_536
const tmpfs = 0x01021994

/** By the numbers of statfs(2). */
const names: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [tmpfs, 'tmpfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'ZFS'],
  [0x6969, 'NFS'],
  [0x794c7630, 'overlayfs'],
  [0xff534d42, 'CIFS'],
  [0x65735546, 'FUSE'],
])

/**
 * Only where space that was taken is really there when it is written to, and files need no name.
 *
 * @throws {PoolError} `ERR_INVALID_ARGUMENT`, `ERR_SCRATCH_UNSUPPORTED`, `ERR_SCRATCH_FULL`
 */
export function toScratch(options: readonly ScratchOptions[] = []): ScratchPlan[] {
  if (!Array.isArray(options)) {
    throw argumentError('scratch', 'an array of objects with directory and limit', options)
  }
  return options.map(toPlan)
}

function toPlan(options: ScratchOptions): ScratchPlan {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('scratch', 'an array of objects with directory and limit', options)
  }
  const { directory, limit, fileSystem } = options
  if (typeof directory !== 'string' || !isDirectory(directory)) {
    throw argumentError('scratch.directory', 'a directory that is there', directory)
  }
  const bytes = toBytes(limit)
  if (!(leastBytes <= bytes && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw argumentError(
      'scratch.limit',
      `a size such as '10GB', or bytes from ${leastBytes}`,
      limit,
    )
  }
  if (fileSystem !== undefined && fileSystem !== 'tmpfs') {
    throw argumentError('scratch.fileSystem', "'tmpfs' or left out", fileSystem)
  }
  const path = resolve(directory)
  checkFileSystem(path, fileSystem === 'tmpfs')
  return { directory: path, limit: bytes }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function checkFileSystem(directory: string, memoryIsWanted: boolean): void {
  if (process.platform !== 'linux') {
    throw unsupported(directory, `scratch is for Linux, this is ${process.platform}`)
  }
  const { type } = statfsSync(directory)
  const name = names.get(type) ?? `a file system of type 0x${type.toString(16)}`
  if (type === tmpfs && !memoryIsWanted) {
    throw unsupported(
      directory,
      "it is a tmpfs, which is memory; say fileSystem: 'tmpfs' to use it",
    )
  }
  if (type !== tmpfs && name !== 'ext4' && name !== 'xfs') {
    throw unsupported(directory, `it is on ${name}; use one on ext4 or xfs`)
  }
  const tried = native.tryScratch(directory)
  if (tried === 'full') throw full(directory)
  if (tried === 'refused') {
    throw unsupported(
      directory,
      'the system makes no files without a name there; see its permissions',
    )
  }
}

function unsupported(directory: string, why: string): PoolError {
  return new PoolError('ERR_SCRATCH_UNSUPPORTED', `${directory} cannot hold scratch: ${why}`)
}

/** The error for a directory that has no space left. */
export function full(directory: string): PoolError {
  return new PoolError(
    'ERR_SCRATCH_FULL',
    `the budget is spent and ${directory} has no space left; release a buffer or make space there`,
  )
}
