import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.js'
import { benchNames, loadBench } from './benches.js'
import { filesGiven } from './files.js'
import { describeMachine, type Machine, machineLine } from './machine.js'
import { draw } from './picture.js'
import { table, targets } from './report.js'
import { type Result, runRounds } from './rounds.js'

const resultsFolder = fileURLToPath(new URL('../../bench/results', import.meta.url))

const { values: options } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [...benchNames] },
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string' },
    rival: { type: 'string', multiple: true, default: [] },
    group: { type: 'string', multiple: true, default: [] },
  },
})

const benches: Bench[] = []
for (const name of options.only) benches.push(narrowed(await loadBench(name)))
const roundsWanted = options.rounds === undefined ? null : checkRounds(Number(options.rounds))
const machine = describeMachine(options.node)
// The path of another Node says nothing elsewhere; its version is told with the machine.
const given = process.argv.slice(2).map((word) => (word === options.node ? 'node' : word))
const command = ['npm run bench --', ...given].join(' ')
// A smoke run's numbers mean nothing and must not replace real ones.
const temporary = await mkdtemp(join(tmpdir(), 'pixelpool-bench-'))
const folder = options.smoke ? temporary : resultsFolder
const files = options.smoke ? temporary : (filesGiven() ?? temporary)
await mkdir(folder, { recursive: true })
console.log(machineLine(machine))
try {
  for (const bench of benches) await runBench(bench)
} finally {
  await rm(temporary, { recursive: true })
}

async function runBench(bench: Bench): Promise<void> {
  const rounds = options.smoke ? 1 : (roundsWanted ?? bench.rounds)
  const { node, smoke } = options
  const results = await runRounds(bench, { node, rounds, smoke, files })
  const major = Number.parseInt(machine.node, 10)
  const promises = targets(bench, results, major)
  const heading = options.markdown ? `\n### ${bench.name}\n` : `\n${bench.name}`
  console.log(heading)
  console.log(`${bench.about} Rounds: ${rounds}.\n`)
  console.log(table(bench, results, options.markdown))
  // Of a smoke run they would say nothing.
  if (!smoke && promises.length > 0)
    console.log(`\n${promises.map((line) => `- ${line}`).join('\n')}`)
  await write(bench, results, { rounds, major, machine })
}

interface Circumstances {
  readonly rounds: number
  readonly major: number
  readonly machine: Machine
}

async function write(
  bench: Bench,
  results: readonly Result[],
  { rounds, major, machine }: Circumstances,
): Promise<void> {
  const { name, about } = bench
  const file = join(folder, `${name}-node${major}`)
  const json = { bench: name, about, machine, command, rounds, results }
  await writeFile(`${file}.json`, `${JSON.stringify(json, null, 2)}\n`)
  await writeFile(`${file}.svg`, await draw(bench, results, machineLine(machine)))
}

/** With the rivals and groups that were asked for, if any were. @throws {RangeError} */
function narrowed(bench: Bench): Bench {
  const rivals = chosen('--rival', options.rival, bench.rivals)
  const groups = chosen('--group', options.group, bench.groups)
  const columns = bench.columns.filter(({ to }) => to === undefined || rivals.includes(to))
  const targets = bench.targets.filter(({ rival, group, column }) => {
    const isShown = columns.some(({ title }) => title === column)
    return rivals.includes(rival) && groups.includes(group) && isShown
  })
  return { ...bench, rivals, groups, columns, targets }
}

function chosen(
  option: string,
  wanted: readonly string[],
  all: readonly string[],
): readonly string[] {
  const unknown = wanted.find((each) => !all.includes(each))
  if (unknown === undefined) return wanted.length === 0 ? all : wanted
  throw new RangeError(`${option} must be one of ${all.join(', ')}, got ${unknown}`)
}

/** @throws {RangeError} */
function checkRounds(rounds: number): number {
  if (Number.isInteger(rounds) && rounds >= 1) return rounds
  throw new RangeError(`--rounds must be an integer >= 1, got ${rounds}`)
}
