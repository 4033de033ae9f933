// npm run soak [-- --minutes N] [--seed N] [--workers N] [--scratch DIR] [--picture FILE]
import { mkdtemp, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { PixelArena, PoolError } from '../../src/index.js'
import { type Options, readOptions, usage } from './options.js'
import { draw } from './picture.js'
import type { Plan } from './plan.js'
import type { SoakRecord } from './record.js'
import { supervise } from './supervise.js'
import { toMb, toVerdict } from './verdict.js'

const budgetBytes = 256_000_000
const scratchBytes = 256_000_000

const options = understand(process.argv.slice(2))
if (options?.help) console.log(`usage: ${usage}`)
else if (options !== null) await main(options)

/** Null, and a word about it, when they cannot be understood. */
function understand(args: readonly string[]): Options | null {
  try {
    return readOptions(args)
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error
    console.error(`soak: ${error.message}; usage: ${usage}`)
    process.exitCode = 1
    return null
  }
}

async function main({ minutes, seed, workers, scratch, picture }: Options): Promise<void> {
  const directory = await mkdtemp(join(scratch, 'pixelpool-soak-'))
  const plan: Plan = {
    seed,
    seconds: minutes * 60,
    budgetBytes,
    scratch: toScratch(directory),
    workers,
  }
  console.log(`soak of ${minutes} min, seed ${seed}, ${workers + 1} threads`)
  const record = await run(plan)
  await rmdir(directory) // refuses when a file was left there
  if (picture !== null) await writeFile(picture, await draw(record, plan))
  console.log(toVerdict(record, plan))
  if (record.failure !== null) process.exitCode = 1
}

/** A directory of scratch, unless its file system is none for that. */
function toScratch(directory: string): Plan['scratch'] {
  const scratch = [{ directory, limit: scratchBytes }]
  try {
    new PixelArena({ budget: budgetBytes, scratch }).close()
    return scratch
  } catch (error) {
    if (!(error instanceof PoolError && error.code === 'ERR_SCRATCH_UNSUPPORTED')) throw error
    console.log(`without scratch: ${error.message}`)
    return []
  }
}

async function run(plan: Plan): Promise<SoakRecord> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} s  RSS {rss} MB  held {held} MB  on disk {disk} MB',
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  })
  bar.start(plan.seconds, 0, { rss: '-', held: '-', disk: '-' })
  try {
    return await supervise(plan, (report) => {
      if (report.kind !== 'sample') return
      const { seconds, rss, leased, wasted, idle, scratch } = report
      const [held, disk] = [toMb(leased + wasted + idle), toMb(scratch)]
      bar.update(Math.min(Math.floor(seconds), plan.seconds), { rss: toMb(rss), held, disk })
    })
  } finally {
    bar.stop()
  }
}
