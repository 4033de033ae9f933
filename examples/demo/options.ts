import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { toReason } from './images.js'
import { Refusal } from './refusal.js'

export const usage = 'npm run demo [-- folder] [--output DIR] [--repeat N]'

export interface Options {
  /** Null for the photos that come with the demo. */
  readonly folder: string | null
  readonly output: string
  /** Null when the demo is to choose. */
  readonly repeat: number | null
  readonly help: boolean
}

/** @throws {Refusal} */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args)
  const [folder, second] = positionals
  if (second !== undefined) {
    throw new Refusal(`folder must be one, got ${positionals.length}`)
  }
  return {
    folder: folder === undefined ? null : resolve(folder),
    output: resolve(values.output),
    repeat: values.repeat === undefined ? null : readRepeat(values.repeat),
    help: values.help,
  }
}

function parse(args: readonly string[]): {
  values: { output: string; repeat?: string; help: boolean }
  positionals: string[]
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        output: { type: 'string', default: 'demo-output' },
        repeat: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new Refusal(`${toReason(error)}; usage: ${usage}`)
  }
}

function readRepeat(text: string): number {
  const repeat = Number(text)
  if (Number.isInteger(repeat) && 1 <= repeat && repeat <= 1_000_000) return repeat
  throw new Refusal(`--repeat must be an integer between 1 and 1000000, got '${text}'`)
}
