import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench, Numbers, Outcome } from './bench.js'
import { withFiles } from './files.js'
import { touchHost } from './host.js'

const run = promisify(execFile)
const childFile = fileURLToPath(new URL('./child.js', import.meta.url))
const prepareFile = fileURLToPath(new URL('./prepare.js', import.meta.url))

/** One rival in one group, and what each round measured. */
export interface Result {
  readonly group: string
  readonly rival: string
  readonly rounds: readonly Numbers[]
  /** Of the last round. */
  readonly series?: readonly number[]
}

export interface RoundsOptions {
  /** The Node that the cases run on. */
  readonly node: string
  readonly rounds: number
  readonly smoke: boolean
  /** The folder of what the benches prepare. */
  readonly files: string
}

/**
 * Runs each case in a fresh process, one at a time: all rivals of a group in turn, then back again,
 * so that a slow minute of the machine falls on all of them.
 *
 * @throws when a case ends badly or does not give a number for every column
 */
export async function runRounds(bench: Bench, options: RoundsOptions): Promise<Result[]> {
  await prepare(bench, options)
  const results: Result[] = []
  for (const group of bench.groups) {
    const outcomes = new Map<string, Outcome[]>(bench.rivals.map((rival) => [rival, []]))
    for (let round = 0; round < options.rounds; round++) {
      const inOrder = round % 2 === 0 ? [...outcomes] : [...outcomes].reverse()
      for (const [rival, list] of inOrder) list.push(await runCase(bench, rival, group, options))
    }
    for (const [rival, list] of outcomes) {
      const rounds = list.map(({ numbers }) => numbers)
      const series = list.at(-1)?.series
      results.push(
        series === undefined ? { group, rival, rounds } : { group, rival, rounds, series },
      )
    }
  }
  return results
}

async function prepare(bench: Bench, { node, smoke, files }: RoundsOptions): Promise<void> {
  if (bench.prepare === undefined) return
  process.stderr.write(`  ${bench.name}: makes its files\n`)
  await run(node, [prepareFile, bench.name, toScale(smoke)], { env: withFiles(files) })
}

async function runCase(
  bench: Bench,
  rival: string,
  group: string,
  { node, smoke, files }: RoundsOptions,
): Promise<Outcome> {
  const where = [bench.name, group, rival].filter((word) => word !== '').join(', ')
  process.stderr.write(`  ${where}\n`)
  if (bench.hostMb !== undefined) await touchHost(smoke ? 40 : bench.hostMb, node)
  const words = [childFile, bench.name, rival, group, toScale(smoke)]
  const env = { ...withFiles(files), ...bench.environment?.(rival) }
  const { stdout } = await run(node, words, { env })
  const outcome: Outcome = JSON.parse(stdout)
  const shown = bench.columns.filter(({ rivals = [rival] }) => rivals.includes(rival))
  for (const { key } of [...shown, bench.picture]) {
    const value = outcome.numbers?.[key]
    // JSON has no NaN: a number that could not be measured arrives as null.
    if (typeof value !== 'number') throw new Error(`${where} gave no ${key}: ${stdout}`)
  }
  const headline = outcome.numbers[bench.picture.key] ?? 0
  if (headline <= 0) throw new Error(`${where} gave ${headline} for ${bench.picture.key}`)
  return outcome
}

function toScale(smoke: boolean): 'smoke' | 'full' {
  return smoke ? 'smoke' : 'full'
}
