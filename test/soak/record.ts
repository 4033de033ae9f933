import type { Burst, Report, Rested, Sample, Summary, Terminated } from './report.js'

/** All that a soaked process has told. */
export class SoakRecord {
  readonly samples: Sample[] = []
  readonly bursts: Burst[] = []
  readonly rests: Rested[] = []
  readonly terminations: Terminated[] = []
  summary: Summary | null = null
  failure: string | null = null

  add(report: Report): void {
    switch (report.kind) {
      case 'sample':
        this.samples.push(report)
        break
      case 'burst':
        this.bursts.push(report)
        break
      case 'rested':
        this.rests.push(report)
        break
      case 'terminated':
        this.terminations.push(report)
        break
      case 'summary':
        this.summary = report
        break
      case 'failure':
        this.failure ??= report.reason
    }
  }
}
