import type { Sample } from './job.js'
import { labels } from './labels.js'
import type { Measurement } from './measurement.js'
import { megabytes } from './table.js'

interface View {
  toSVG(): Promise<string>
}
/** The words of vega that are used here: its own types ask for those of a browser. */
interface Vega {
  readonly View: new (dataflow: unknown, options: { renderer: 'none' }) => View
  parse(spec: unknown): unknown
}
interface VegaLite {
  compile(spec: unknown): { spec: unknown }
}

const colours = {
  plain: '#d55e00',
  copy: '#56b4e9',
  direct: '#0072b2',
  fileToFile: '#6e6e6e',
  arena: '#009e73',
}
const ink = '#333333'

/** RSS over time, a line a measurement, as SVG. */
export async function draw(
  measurements: readonly Measurement[],
  subtitle: string,
): Promise<string> {
  const vega: Vega = await load('vega')
  const vegaLite: VegaLite = await load('vega-lite')
  const { spec } = vegaLite.compile(toSpec(measurements, subtitle))
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG()
}

function toSpec(measurements: readonly Measurement[], subtitle: string): unknown {
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: 'time, seconds',
    axis: { grid: false, tickCount: 10, labelFlush: false },
  }
  const y = {
    field: 'megabytes',
    type: 'quantitative',
    title: 'resident memory (RSS), MB',
    scale: { zero: true, nice: true },
    axis: { domain: false, ticks: false, tickCount: 6 },
  }
  const color = {
    field: 'label',
    type: 'nominal',
    scale: {
      domain: measurements.map(toLabel),
      range: measurements.map(({ mode }) => colours[mode]),
    },
    legend: { orient: 'top', title: null, symbolType: 'stroke', symbolSize: 500, offset: 14 },
  }
  return {
    width: 820,
    height: 380,
    padding: 20,
    background: 'white',
    title: { text: 'Memory while making thumbnails', subtitle },
    layer: [
      {
        data: { values: measurements.flatMap(toPoints) },
        mark: { type: 'line', strokeWidth: 1.6, strokeJoin: 'round' },
        encoding: { x, y, color },
      },
      {
        data: { values: measurements.map(toPeak) },
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: { x, y, color },
      },
    ],
    config: {
      font: 'Helvetica, Arial, sans-serif',
      view: { stroke: null },
      title: {
        anchor: 'start',
        fontSize: 19,
        color: ink,
        subtitleFontSize: 12.5,
        subtitleColor: '#666666',
        subtitlePadding: 6,
        offset: 22,
      },
      axis: {
        gridColor: '#e8e8e8',
        domainColor: '#999999',
        tickColor: '#999999',
        labelColor: ink,
        titleColor: ink,
        labelFontSize: 12,
        titleFontSize: 12.5,
        titleFontWeight: 'normal',
        titlePadding: 10,
      },
      legend: { labelFontSize: 13.5, labelColor: ink, labelLimit: 400, columnPadding: 30 },
    },
  }
}

function toPoints(measurement: Measurement): unknown[] {
  const label = toLabel(measurement)
  return measurement.samples.map((sample) => toPoint(label, sample))
}

/** Where the highest sample is; the peak itself may lie between two of them. */
function toPeak(measurement: Measurement): unknown {
  const highest = measurement.samples.reduce((a, b) => (b.rssBytes > a.rssBytes ? b : a))
  return toPoint(toLabel(measurement), highest)
}

function toPoint(label: string, { seconds, rssBytes }: Sample): unknown {
  return { label, seconds, megabytes: rssBytes / 1e6 }
}

function toLabel({ mode, peakRssBytes }: Measurement): string {
  return `${labels[mode]}, peak ${megabytes(peakRssBytes)}`
}

/** Only the demo's end needs what it loads, so a process that measures never does. */
async function load(name: string): Promise<Vega & VegaLite> {
  return import(name)
}
