import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const usage =
  'npm run soak [-- --minutes N] [--seed N] [--workers N] [--scratch DIR] [--picture FILE]'

export interface Options {
  readonly minutes: number
  readonly seed: number
  readonly workers: number
  /** A folder on the disk that takes scratch. */
  readonly scratch: string
  /** Where the SVG goes, or null. */
  readonly picture: string | null
  readonly help: boolean
}

const seedsMax = 1_000_000

/** @throws {RangeError} @throws {TypeError} what was not understood */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '180' },
      seed: { type: 'string', default: `${Date.now() % seedsMax}` },
      workers: { type: 'string', default: '3' },
      scratch: { type: 'string', default: tmpdir() },
      picture: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const minutes = Number(values.minutes)
  if (!(0.5 <= minutes && minutes <= 10_000)) {
    throw new RangeError(`--minutes must be a number between 0.5 and 10000, got ${values.minutes}`)
  }
  return {
    minutes,
    seed: toCount('--seed', values.seed, 0, seedsMax),
    workers: toCount('--workers', values.workers, 1, 64),
    scratch: resolve(values.scratch),
    picture: values.picture === undefined ? null : resolve(values.picture),
    help: values.help,
  }
}

function toCount(name: string, text: string, least: number, most: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && least <= count && count <= most) return count
  throw new RangeError(`${name} must be an integer between ${least} and ${most}, got ${text}`)
}
