import { type Plan, slackBytes } from './plan.js'
import type { SoakRecord } from './record.js'

/** What a soak was and has shown, for people to read. */
export function toVerdict(
  { bursts, rests, terminations, summary, failure }: SoakRecord,
  plan: Plan,
): string {
  const served = bursts.reduce((sum, burst) => sum + burst.served, 0)
  const room = Math.min(...rests.map(({ rss, most }) => most - rss))
  const lines = [
    `${bursts.length} bursts: ${served} requests served, ${terminations.length} times a worker terminated`,
  ]
  if (rests.length > 0) {
    const most = `start + held + scratch + ${toMb(slackBytes)} MB`
    lines.push(`${rests.length} rests: RSS was to be at most ${most}; ${toMb(room)} MB to spare`)
  }
  if (summary !== null) {
    const { startRss, peakRss, peakHeld, peakScratch, advised, deeds, checks, clear } = summary
    const quiet = rests.filter(({ isQuiet }) => isQuiet).length
    const scratchLimit = plan.scratch.reduce((sum, { limit }) => sum + limit, 0)
    lines.push(
      `${quiet} of them ended with no acquire or release for 11.5 s, and no free slot held anything`,
      `RSS ${toMb(startRss)} MB at the start, ${toMb(peakRss)} MB at most`,
      `held at most ${toMb(peakHeld)} of ${toMb(plan.budgetBytes)} MB, on disk ${toMb(peakScratch)} of ${toMb(scratchLimit)} MB`,
      `a budget of ${toMb(advised)} MB would have served all at once; clear: ${clear}`,
      Object.entries({ ...deeds, leaked: summary.leaked })
        .map(([deed, count]) => `${count} ${deed}`)
        .join(', '),
      `${checks} checks; at the end all slots are free, and nothing is held`,
    )
  }
  if (failure !== null) {
    const { seconds, seed, workers } = plan
    const again = `--minutes ${seconds / 60} --seed ${seed} --workers ${workers}`
    lines.push(`FAILED: ${failure}`, `again: npm run soak -- ${again}`)
  }
  return lines.join('\n')
}

/** Whole MB, for people. */
export function toMb(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
