import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SingleBar } from 'cli-progress'
import type { Job, Mode, Result, Sample } from './job.js'
import { labels } from './labels.js'
import { Refusal } from './refusal.js'

/** One mode's run in a process of its own. */
export interface Measurement extends Omit<Result, 'kind'> {
  readonly mode: Mode
  readonly samples: readonly Sample[]
}

const program = fileURLToPath(new URL('measured.js', import.meta.url))

/** @throws {Refusal} when the process ended before its work did */
export async function measure(job: Job): Promise<Measurement> {
  const { mode, images, repeat } = job
  const samples: Sample[] = []
  const bar = new SingleBar({
    format: `${labels[mode].padEnd(19)} {bar} {value}/{total}  {perSecond} images/s  {megabytes} MB  {duration} s`,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  })
  bar.start(images.length * repeat, 0, { perSecond: '-', megabytes: '-' })
  try {
    const child = fork(program)
    const ended = once(child, 'exit')
    child.send(job)
    const result = await listen(child, mode, (sample) => {
      samples.push(sample)
      bar.update(sample.done, {
        perSecond: sample.seconds > 0.5 ? (sample.done / sample.seconds).toFixed(1) : '-',
        megabytes: Math.round(sample.rssBytes / 1e6),
      })
    })
    await ended
    return { ...result, mode, samples }
  } finally {
    bar.stop()
  }
}

function listen(
  child: ChildProcess,
  mode: Mode,
  onSample: (sample: Sample) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (isOfKind<Sample>(message, 'sample')) onSample(message)
      if (isOfKind<Result>(message, 'result')) resolve(message)
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : signal
      reject(
        new Refusal(`the process of '${labels[mode]}' ended with ${how} before its work was done`),
      )
    })
  })
}

function isOfKind<T extends Sample | Result>(message: unknown, kind: T['kind']): message is T {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
  )
}
