import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Image, type Skipped, toReason } from './images.js'
import type { Mode } from './job.js'
import { type Measurement, measure } from './measurement.js'
import { Refusal } from './refusal.js'

export interface Comparison {
  readonly pooled: Measurement
  readonly plain: Measurement
  readonly direct: Measurement
  /** Broken files, each once, by whichever mode. */
  readonly skipped: readonly Skipped[]
  /** Thumbnails that are not the same, byte for byte, with and without a pool. */
  readonly different: readonly string[]
}

interface Runs {
  readonly images: readonly Image[]
  readonly repeat: number
  /** Is left with the thumbnails of pooled, and nothing else. */
  readonly output: string
}

/**
 * Runs the modes one after the other, each in a process of its own. Pooled is the first, so that
 * reading files that are not in the system's cache yet is never to its advantage.
 *
 * @throws {Refusal}
 */
export async function compare({ images, repeat, output }: Runs): Promise<Comparison> {
  const scratch = await makeFolders(output)
  try {
    const run = (mode: Mode, target: string): Promise<Measurement> =>
      measure({ mode, images, repeat, output: target, scratch })
    const pooled = await run('pooled', output)
    const plain = await run('plain', join(scratch, 'plain'))
    const direct = await run('direct', join(scratch, 'direct'))
    const skipped = [pooled, plain, direct].flatMap((measurement) => measurement.skipped)
    const reasons = new Map(skipped.map(({ name, reason }) => [name, reason]))
    const done = images.filter(({ name }) => !reasons.has(name))
    const different: string[] = []
    for (const { name } of done) {
      if (!(await same(output, join(scratch, 'plain'), `${name}.webp`))) different.push(name)
    }
    return {
      pooled,
      plain,
      direct,
      skipped: [...reasons].map(([name, reason]) => ({ name, reason })),
      different,
    }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

async function same(one: string, other: string, name: string): Promise<boolean> {
  const [a, b] = await Promise.all([readFile(join(one, name)), readFile(join(other, name))])
  return a.equals(b)
}

/** The output folder, and in it one for what nobody wants to keep. */
async function makeFolders(output: string): Promise<string> {
  try {
    await mkdir(output, { recursive: true })
    const scratch = await mkdtemp(join(output, '.scratch-'))
    await mkdir(join(scratch, 'plain'))
    await mkdir(join(scratch, 'direct'))
    return scratch
  } catch (error) {
    throw new Refusal(`--output must be a folder that can be written: ${toReason(error)}`)
  }
}
