// The process that is measured. It is given its job as a message and answers with messages.
import { join } from 'node:path'
import sharp from 'sharp'
import { fileToFile } from './file-to-file.js'
import { type Skipped, toReason } from './images.js'
import { inFlight, type Job, type Mode, type Result, type Sample, type Work } from './job.js'
import { Meter } from './meter.js'
import { plain } from './plain.js'
import { inArena, pooled } from './pooled.js'

const modes: Readonly<Record<Mode, (job: Job) => Work>> = {
  plain,
  copy: (job) => pooled(job, 'copy'),
  direct: (job) => pooled(job, 'auto'),
  fileToFile,
  arena: inArena,
}
const sampleMs = 50

process.once('message', (message) => {
  if (!isJob(message)) throw new TypeError('the first message must be a job')
  void measure(message)
})

async function measure(job: Job): Promise<void> {
  sharp.cache(false) // an image that comes again is decoded again
  const meter = new Meter()
  const progress = { done: 0 }
  const sample = (): void => {
    const { seconds } = meter
    tell({ kind: 'sample', seconds, rssBytes: process.memoryUsage.rss(), done: progress.done })
  }
  sample()
  const timer = setInterval(sample, sampleMs)
  const work = modes[job.mode](job)
  const { thumbnails, skipped } = await doAll(job, work, progress)
  sample()
  clearInterval(timer)
  const advice = work.advise?.() ?? null
  tell({ kind: 'result', thumbnails, skipped, advice, ...(await meter.stop()) })
  process.disconnect()
}

/** Every image, as often as it is wanted; a broken one once. */
async function doAll(
  { images, repeat, output, scratch }: Job,
  work: Work,
  progress: { done: number },
): Promise<{ thumbnails: number; skipped: Skipped[] }> {
  const reasons = new Map<string, string>() // by name
  let thumbnails = 0
  let turns = 0
  const lane = async (index: number): Promise<void> => {
    while (turns < images.length * repeat) {
      const turn = turns++
      const image = images[turn % images.length]
      if (image !== undefined && !reasons.has(image.name)) {
        const first = turn < images.length
        const target = first ? join(output, `${image.name}.webp`) : join(scratch, `${index}.webp`)
        try {
          await work(image.path, target)
          thumbnails++
        } catch (error) {
          reasons.set(image.name, toReason(error))
        }
      }
      progress.done++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, index) => lane(index)))
  const skipped = [...reasons].map(([name, reason]) => ({ name, reason }))
  return { thumbnails, skipped }
}

function tell(message: Sample | Result): void {
  process.send?.(message)
}

function isJob(message: unknown): message is Job {
  return typeof message === 'object' && message !== null && 'mode' in message
}
