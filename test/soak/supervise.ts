import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Plan } from './plan.js'
import { SoakRecord } from './record.js'
import { isReport, type Report } from './report.js'

const program = fileURLToPath(new URL('soaked.js', import.meta.url))
const silenceMaxMs = 60_000
/**
 * Else glibc keeps what decoders have freed, for each thread that ever decoded: 265 MB after a minute
 * on two cores, which are not the arena's and hide what is.
 */
const environment = { MALLOC_ARENA_MAX: '2' }

/** Runs a soak in a process of its own, until it ends or nothing is heard of it any more. */
export async function supervise(
  plan: Plan,
  onReport: (report: Report) => void,
): Promise<SoakRecord> {
  const record = new SoakRecord()
  const child = fork(program, { env: { ...process.env, ...environment } })
  let isSilent = false
  const watchdog = setTimeout(() => {
    isSilent = true
    child.kill('SIGKILL')
  }, silenceMaxMs)
  child.on('message', (message) => {
    watchdog.refresh()
    if (!isReport(message)) return
    record.add(message)
    onReport(message)
  })
  child.send(plan)
  // Its last words may come after its end.
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
  clearTimeout(watchdog)
  const ended = signal ?? `exit code ${code}`
  if (isSilent) record.failure ??= `nothing was heard for ${silenceMaxMs / 1000} s`
  else if (ended !== 'exit code 0') record.failure ??= `the process ended with ${ended}`
  else if (record.summary === null) record.failure ??= 'the process ended before its time'
  return record
}
