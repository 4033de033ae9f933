import { toSvg } from '../../bench/svg.js'
import { arenaPanel, diskPanel, processPanel } from './panels.js'
import { type Plan, slackBytes } from './plan.js'
import type { SoakRecord } from './record.js'
import { toMb } from './verdict.js'

/** The process' memory, what the arena holds and what is on disk, over time, as SVG. */
export async function draw(record: SoakRecord, plan: Plan): Promise<string> {
  const scratchLimit = plan.scratch.reduce((sum, { limit }) => sum + limit, 0)
  const disk = scratchLimit === 0 ? [] : [diskPanel(record, scratchLimit)]
  return toSvg({
    padding: 20,
    background: 'white',
    title: { text: 'Bursts and rests on one arena', subtitle: toSubtitle(record, plan) },
    vconcat: [processPanel(record), arenaPanel(record, plan), ...disk],
    spacing: 14,
    resolve: { scale: { color: 'independent' }, legend: { color: 'independent' } },
    config: {
      font: 'Helvetica, Arial, sans-serif',
      view: { stroke: null },
      title: {
        anchor: 'start',
        fontSize: 19,
        subtitleFontSize: 12.5,
        subtitleColor: '#666666',
        subtitlePadding: 6,
        offset: 14,
      },
      axis: {
        gridColor: '#dddddd',
        labelFontSize: 12,
        titleFontSize: 12.5,
        titleFontWeight: 'normal',
      },
      legend: { labelFontSize: 12.5, labelLimit: 480, columnPadding: 26 },
    },
  })
}

function toSubtitle({ bursts, summary }: SoakRecord, plan: Plan): string[] {
  const served = bursts.reduce((sum, burst) => sum + burst.served, 0)
  const clear = summary === null ? '' : `, clear: '${summary.clear}'`
  const { node } = process.versions
  return [
    `${plan.seconds / 60} min, ${plan.workers + 1} threads, ${served} requests, seed ${plan.seed}${clear}; ` +
      `Node ${node}, ${process.platform} ${process.arch}`,
    'Shaded: a burst of requests. White: a rest, in which what is idle goes back to the system;',
    'what is leased then is kept by a few requests until the next burst, or was forgotten.',
    `Allowed at the end of a rest: RSS at the start + held + on disk + ${toMb(slackBytes)} MB.`,
  ]
}
