import { rssMb } from './process.js'

export const sampleMs = 50

/** The memory of this process over time, from its making until stop(). */
export class RssSeries {
  readonly startMb: number = rssMb()
  readonly mb: number[] = [this.startMb]
  readonly #sampler: NodeJS.Timeout

  constructor(everyMs: number = sampleMs) {
    this.#sampler = setInterval(() => this.mb.push(Math.round(rssMb())), everyMs)
  }

  stop(): void {
    clearInterval(this.#sampler)
  }
}

/** How a bench that samples so is drawn. */
export const rssPicture: {
  readonly key: 'peakMb'
  readonly title: string
  readonly form: 'line'
  readonly along: { readonly title: string; readonly step: number }
} = {
  key: 'peakMb',
  title: 'RSS in MB',
  form: 'line',
  along: { title: 'seconds', step: sampleMs / 1000 },
}
