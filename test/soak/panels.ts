import type { Plan } from './plan.js'
import type { SoakRecord } from './record.js'

/** What a panel draws: names in its legend, and colours. */
type Series = Readonly<Record<string, string>>

const rss = 'RSS of the process'
const allowed = 'allowed at the end of a rest'
const terminated = 'a worker is terminated'
const leased = 'leased: the pixels in use'
const wasted = 'what whole pages add to them'
const idle = 'idle: kept for the next ones'
const onDisk = 'in files of the scratch directory'

const mb = 1e6
const burstsNamed = 14 // more have no room for their names
const minutesFrom = 600 // seconds
const minuteSteps = [1, 2, 5, 10, 15, 30, 60, 120, 240]
const shade = '#f1ead6'
const ink = '#444444'

interface PanelOptions {
  readonly title: string
  readonly height: number
  readonly series: Series
  /** Bytes, which the axis has room for. */
  readonly most: number
  /** Its name, where it is drawn as a line across. */
  readonly limit?: string
  /** Whether the axis of time is named here. */
  readonly isLast?: boolean
  /** With the encodings that all panels have. */
  readonly layers: (common: Common) => object[]
}

interface Common {
  readonly x: object
  readonly y: object
  readonly color: object
}

/** RSS, what may be left of it after each rest, and who was terminated when. */
export function processPanel(record: SoakRecord): object {
  const { samples, rests, terminations, bursts } = record
  const isRoomy = bursts.length <= burstsNamed
  const bytes = [...samples.map((each) => each.rss), ...rests.map(({ most }) => most)]
  return panel(record, {
    title: 'process, MB',
    height: 210,
    most: Math.max(0, ...bytes),
    series: { [rss]: '#0072b2', [allowed]: '#d55e00', [terminated]: '#333333' },
    layers: ({ x, y, color }) => [
      {
        data: { values: isRoomy ? bursts.map(({ from, mix }) => ({ seconds: from, mix })) : [] },
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 11, color: ink },
        encoding: { x, y: { value: 8 }, text: { field: 'mix' } },
      },
      {
        data: { values: samples.map((each) => ({ ...at(each), value: each.rss / mb, name: rss })) },
        mark: { type: 'line', strokeWidth: 1.4 },
        encoding: { x, y, color },
      },
      {
        data: {
          values: rests.map((each) => ({ ...at(each), value: each.most / mb, name: allowed })),
        },
        mark: {
          type: 'tick',
          orient: 'horizontal',
          size: isRoomy ? 22 : 10,
          thickness: 3,
          opacity: 1,
        },
        encoding: { x, y, color },
      },
      {
        data: { values: terminations.map((each) => ({ ...at(each), value: 0, name: terminated })) },
        mark: {
          type: 'point',
          shape: 'triangle-up',
          filled: true,
          size: 45,
          opacity: 1,
          yOffset: -5,
        },
        encoding: { x, y, color },
      },
    ],
  })
}

/** What the arena's books say, up to its budget. */
export function arenaPanel(record: SoakRecord, { budgetBytes, scratch }: Plan): object {
  const stack = record.samples.flatMap((sample) => [
    { ...at(sample), value: sample.leased / mb, name: leased, order: 0 },
    { ...at(sample), value: sample.wasted / mb, name: wasted, order: 1 },
    { ...at(sample), value: sample.idle / mb, name: idle, order: 2 },
  ])
  return panel(record, {
    title: 'held by the arena, MB',
    height: 210,
    series: { [leased]: '#009e73', [wasted]: '#e69f00', [idle]: '#a5d8c6' },
    most: budgetBytes,
    limit: 'budget',
    isLast: scratch.length === 0,
    layers: ({ x, y, color }) => [
      {
        data: { values: stack },
        mark: { type: 'area' },
        encoding: { x, y: { ...y, stack: true }, color, order: { field: 'order' } },
      },
    ],
  })
}

export function diskPanel(record: SoakRecord, limitBytes: number): object {
  const values = record.samples.map((each) => ({
    ...at(each),
    value: each.scratch / mb,
    name: onDisk,
  }))
  return panel(record, {
    title: 'on disk, MB',
    height: 110,
    series: { [onDisk]: '#8d7bb0' },
    most: limitBytes,
    limit: 'limit',
    isLast: true,
    layers: ({ x, y, color }) => [{ data: { values }, mark: 'area', encoding: { x, y, color } }],
  })
}

function panel(record: SoakRecord, options: PanelOptions): object {
  const { title, height, series, most, limit, isLast = false, layers } = options
  const end = Math.max(1, ...record.samples.map(({ seconds }) => seconds))
  const inMinutes = end >= minutesFrom
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: isLast ? `time, ${inMinutes ? 'minutes' : 'seconds'}` : null,
    scale: { domain: [0, end], nice: false },
    axis: { grid: false, ...(inMinutes ? minutesAxis(end) : { tickCount: 12 }) },
  }
  const y = {
    field: 'value',
    type: 'quantitative',
    title,
    scale: { zero: true, domainMax: (1.12 * most) / mb, nice: false },
    axis: { domain: false, ticks: false, tickCount: height / 40 },
  }
  const color = {
    field: 'name',
    type: 'nominal',
    scale: { domain: Object.keys(series), range: Object.values(series) },
    legend: { orient: 'top', title: null, symbolType: 'square', symbolOpacity: 1, offset: 4 },
  }
  const bursts = {
    data: { values: record.bursts.map(({ from, to }) => ({ seconds: from, to })) },
    mark: { type: 'rect', color: shade },
    encoding: { x, x2: { field: 'to' } },
  }
  const across = limit === undefined ? [] : limitLayers(limit, most / mb, y)
  return { width: 900, height, layer: [bursts, ...layers({ x, y, color }), ...across] }
}

/** Whole minutes, and no more of them than have room. */
function minutesAxis(end: number): object {
  const step = 60 * (minuteSteps.find((minutes) => end / (60 * minutes) <= 13) ?? 1440)
  const values = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step)
  return { values, labelExpr: 'datum.value / 60' }
}

/** A dashed line with its name. */
function limitLayers(name: string, value: number, y: object): object[] {
  const data = { values: [{ value, name: `${name} ${value.toFixed(0)} MB` }] }
  return [
    {
      data,
      mark: { type: 'rule', strokeDash: [7, 4], strokeWidth: 1.5, color: ink },
      encoding: { y },
    },
    {
      data,
      mark: {
        type: 'text',
        align: 'right',
        baseline: 'bottom',
        dx: -4,
        dy: -3,
        fontSize: 12,
        color: ink,
      },
      encoding: { x: { value: 900 }, y, text: { field: 'name' } },
    },
  ]
}

function at({ seconds }: { readonly seconds: number }): { readonly seconds: number } {
  return { seconds: Math.round(seconds * 100) / 100 }
}
