import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Image, type Skipped, toReason } from './images.js'
import { inFlight, type Mode } from './job.js'
import { type Measurement, measure } from './measurement.js'
import { Refusal } from './refusal.js'

/** Modes whose thumbnails are not kept. */
const elsewhere = ['plain', 'direct', 'fileToFile', 'arena'] as const satisfies readonly Mode[]

export interface Comparison {
  readonly plain: Measurement
  readonly copy: Measurement
  /** Null where it was not asked for. */
  readonly direct: Measurement | null
  readonly fileToFile: Measurement
  /** Of a few rounds only: its numbers are not to be compared. */
  readonly arena: Measurement
  /** Broken files, each once, by whichever mode. */
  readonly skipped: readonly Skipped[]
  /** Thumbnails that are not the same, byte for byte, in plain, copy, direct and arena. */
  readonly different: readonly string[]
}

interface Runs {
  readonly images: readonly Image[]
  readonly repeat: number
  /** Is left with the thumbnails of copy, and nothing else. */
  readonly output: string
  readonly withDirect: boolean
}

/**
 * Runs the modes one after the other, each in a process of its own. Those with a pool are the first,
 * so that reading files that are not in the system's cache yet is never to their advantage.
 * The arena is there for its advice: as many rounds as lanes are enough.
 *
 * @throws {Refusal}
 */
export async function compare({ images, repeat, output, withDirect }: Runs): Promise<Comparison> {
  const scratch = await makeFolders(output)
  try {
    const folders = new Map<Mode, string>(elsewhere.map((mode) => [mode, join(scratch, mode)]))
    const run = (mode: Mode, times = repeat): Promise<Measurement> =>
      measure({ mode, images, repeat: times, output: folders.get(mode) ?? output, scratch })
    const direct = withDirect ? await run('direct') : null
    const copy = await run('copy')
    const plain = await run('plain')
    const fileToFile = await run('fileToFile')
    const arena = await run('arena', Math.min(repeat, inFlight))
    const all = [direct ?? [], copy, plain, fileToFile, arena].flat()
    const skipped = all.flatMap((measurement) => measurement.skipped)
    const reasons = new Map(skipped.map(({ name, reason }) => [name, reason]))
    const done = images.filter(({ name }) => !reasons.has(name))
    const compared = direct === null ? ['plain', 'arena'] : ['plain', 'direct', 'arena']
    const others = compared.map((mode) => join(scratch, mode))
    const different: string[] = []
    for (const { name } of done) {
      if (!(await same([output, ...others], `${name}.webp`))) different.push(name)
    }
    return {
      plain,
      copy,
      direct,
      fileToFile,
      arena,
      skipped: [...reasons].map(([name, reason]) => ({ name, reason })),
      different,
    }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

async function same(folders: readonly string[], name: string): Promise<boolean> {
  const [first, ...others] = await Promise.all(folders.map((each) => readFile(join(each, name))))
  return first !== undefined && others.every((file) => file.equals(first))
}

/** The output folder, and in it one for what nobody wants to keep. */
async function makeFolders(output: string): Promise<string> {
  try {
    await mkdir(output, { recursive: true })
    const scratch = await mkdtemp(join(output, '.scratch-'))
    for (const mode of elsewhere) await mkdir(join(scratch, mode))
    return scratch
  } catch (error) {
    throw new Refusal(`--output must be a folder that can be written: ${toReason(error)}`)
  }
}
