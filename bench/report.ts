import { median } from 'simple-statistics'
import type { Bench, Column, Target } from './bench.js'
import type { Result } from './rounds.js'

/** What a column shows of a result: the median over the rounds, of ratios a round by itself. */
export function cell(
  results: readonly Result[],
  { group, rounds }: Result,
  column: Column,
): number {
  const { key, to } = column
  const own = rounds.map((numbers) => numbers[key] ?? Number.NaN)
  if (to === undefined) return median(own)
  const other = results.find((each) => each.group === group && each.rival === to)
  return median(own.map((value, round) => value / (other?.rounds[round]?.[key] ?? Number.NaN)))
}

/** A table for the terminal, or in markdown. */
export function table(bench: Bench, results: readonly Result[], markdown: boolean): string {
  const grouped = bench.groups.length > 1
  const columns = ['rival', ...bench.columns.map(({ title }) => title)]
  const header = grouped ? ['size', ...columns] : columns
  const rows = results.map((result) => {
    const numbers = bench.columns.map((column) =>
      column.rivals?.includes(result.rival) === false
        ? ''
        : show(cell(results, result, column), column.digits),
    )
    return grouped ? [result.group, result.rival, ...numbers] : [result.rival, ...numbers]
  })
  return markdown
    ? asMarkdown(header, rows, grouped ? 2 : 1)
    : asText(header, rows, grouped ? 2 : 1)
}

/** A line for each promise that holds for this version of Node. */
export function targets(bench: Bench, results: readonly Result[], nodeMajor: number): string[] {
  const due = bench.targets.filter(({ nodes = { from: 0, to: 99 } }) => {
    return nodes.from <= nodeMajor && nodeMajor <= nodes.to
  })
  return due.map((target) => verdict(bench, results, target))
}

function verdict(bench: Bench, results: readonly Result[], target: Target): string {
  const { rival, group, atMost = Number.POSITIVE_INFINITY, atLeast = 0 } = target
  const column = bench.columns.find(({ title }) => title === target.column)
  const result = results.find((each) => each.rival === rival && each.group === group)
  if (column === undefined || result === undefined) {
    throw new Error(`${bench.name} has no ${target.column} of ${rival}`)
  }
  const value = cell(results, result, column)
  const met = atLeast <= value && value <= atMost ? 'met' : 'MISSED'
  const limit = atLeast > 0 ? `at least ${atLeast}` : `at most ${atMost}`
  const what = group === '' ? rival : `${rival}, ${group}`
  return `${met}: ${what}: ${target.column} ${show(value, column.digits)} (${limit})`
}

function show(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

function asText(header: readonly string[], rows: readonly string[][], words: number): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => (i < words ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return [header, ...rows].map(line).join('\n')
}

function asMarkdown(header: readonly string[], rows: readonly string[][], words: number): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = header.map((_, i) => (i < words ? '---' : '--:'))
  return [header, rule, ...rows].map(line).join('\n')
}
