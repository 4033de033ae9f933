import type { Mix } from './mix.js'

/** How things stood at an instant. Bytes, but for the time. */
export interface Sample {
  readonly kind: 'sample'
  /** Since the load began. */
  readonly seconds: number
  readonly rss: number
  readonly leased: number
  readonly wasted: number
  readonly idle: number
  readonly scratch: number
}

/** A time of many requests. */
export interface Burst {
  readonly kind: 'burst'
  readonly from: number // seconds, as in samples
  readonly to: number
  readonly mix: Mix
  readonly served: number // requests
}

/** The end of a rest, and what the process may have had then. Bytes, but for the time. */
export interface Rested {
  readonly kind: 'rested'
  readonly seconds: number
  readonly rss: number
  readonly most: number
  /** Whether nobody had acquired or released for so long that nothing idle may be held. */
  readonly isQuiet: boolean
}

/** A worker was terminated. */
export interface Terminated {
  readonly kind: 'terminated'
  readonly seconds: number
}

/** The end of a soak in which all was as it must be. */
export interface Summary {
  readonly kind: 'summary'
  readonly clear: string
  readonly startRss: number
  readonly peakRss: number
  readonly peakHeld: number
  readonly peakScratch: number
  /** The budget that would have served all at once. */
  readonly advised: number
  readonly leaked: number // buffers
  readonly checks: number
  readonly deeds: Readonly<Record<string, number>>
}

/** What was not as it must be. */
export interface Failure {
  readonly kind: 'failure'
  readonly reason: string
}

export type Report = Sample | Burst | Rested | Terminated | Summary | Failure

export function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'kind' in message
}
