// The process that is soaked. It is given its plan as a message and answers with messages.
import sharp from 'sharp'
import { readPhotos } from './photos.js'
import type { Plan } from './plan.js'
import type { Report } from './report.js'
import { Soak } from './soak.js'

let isOver = false
process.once('disconnect', () => {
  if (!isOver) process.exit(1) // nobody listens any more
})
process.once('message', (message) => {
  if (!isPlan(message)) throw new TypeError('the first message must be a plan')
  soak(message).catch(fail)
})

async function soak(plan: Plan): Promise<void> {
  sharp.cache(false) // a photograph that comes again is decoded again
  const photos = await readPhotos()
  tell(await new Soak({ plan, photos, tell, fail }).run())
  isOver = true
  process.disconnect()
}

function tell(report: Report): void {
  process.send?.(report)
}

/** The first that is not as it must be is the end. */
function fail(error: unknown): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.send?.({ kind: 'failure', reason } satisfies Report, () => process.exit(1))
}

function isPlan(message: unknown): message is Plan {
  return typeof message === 'object' && message !== null && 'budgetBytes' in message
}
