import type { Bench } from './bench.js'
import { cell } from './report.js'
import type { Result } from './rounds.js'
import { toSvg } from './svg.js'

const ours = '#d1495b'
const others = '#8d99ae'

/** The bench as an SVG: bars of one number, or a line a rival. */
export async function draw(
  bench: Bench,
  results: readonly Result[],
  caption: string,
): Promise<string> {
  const marks = bench.picture.form === 'line' ? lines(bench, results) : bars(bench, results)
  const title = {
    text: bench.name,
    subtitle: [bench.picture.title, caption],
    anchor: 'start',
    subtitleColor: '#555',
  }
  return toSvg({
    background: 'white',
    padding: 12,
    config: { view: { stroke: null } },
    title,
    ...marks,
  })
}

function bars(bench: Bench, results: readonly Result[]): object {
  const { key, title, form } = bench.picture
  const column = { title, key, digits: 1 }
  const values = results.map((result) => ({
    group: result.group,
    rival: result.rival,
    value: cell(results, result, column),
    ours: result.rival.startsWith('pixelpool'),
  }))
  const scale = form === 'log' ? { type: 'log' } : { zero: true }
  const y = {
    field: 'rival',
    type: 'nominal',
    sort: bench.rivals,
    title: null,
    axis: { labelLimit: 240 },
  }
  // A bar on a logarithmic axis has no foot, so its foot is the axis' own.
  const x = {
    field: 'value',
    type: 'quantitative',
    scale,
    title: null,
    axis: { tickCount: 5, format: '~s' },
  }
  const unit = {
    width: 420,
    height: { step: 18 },
    encoding: { x, y },
    layer: [
      {
        mark:
          form === 'log' ? { type: 'circle', size: 90, opacity: 1 } : { type: 'bar', height: 11 },
        encoding: {
          color: {
            condition: { test: 'datum.ours', value: ours },
            value: others,
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 8, fontSize: 10, color: '#333' },
        encoding: { text: { field: 'value', format: ',.4~r' } },
      },
    ],
  }
  if (bench.groups.length === 1) return { data: { values }, ...unit }
  return {
    data: { values },
    facet: { row: toRow(bench) },
    spec: unit,
    resolve: { scale: { x: 'independent' } },
  }
}

function lines(bench: Bench, results: readonly Result[]): object {
  const { title, step } = bench.picture.along ?? { title: 'loop', step: 1 }
  const values = results.flatMap(({ group, rival, series = [] }) =>
    series.map((value, i) => ({ group, rival, at: (i + 1) * step, value })),
  )
  const unit = {
    width: 520,
    height: bench.groups.length === 1 ? 280 : 160,
    mark: { type: 'line', interpolate: 'linear' },
    encoding: {
      x: { field: 'at', type: 'quantitative', title },
      y: { field: 'value', type: 'quantitative', title: null },
      color: {
        field: 'rival',
        type: 'nominal',
        sort: bench.rivals,
        scale: { scheme: 'tableau10' },
        title: null,
        legend: { labelLimit: 240 },
      },
    },
  }
  return bench.groups.length === 1
    ? { data: { values }, ...unit }
    : { data: { values }, facet: { row: toRow(bench) }, spec: unit }
}

function toRow({ groups }: Bench): object {
  const header = { labelAngle: 0, labelAlign: 'left' }
  return { field: 'group', sort: groups, title: null, header }
}
