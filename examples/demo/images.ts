import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { Refusal } from './refusal.js'

export interface Image {
  /** The file's name, without its folder. */
  readonly name: string
  readonly path: string
  /** Width x height. */
  readonly pixels: number
  /** What its decoded pixels take at most. */
  readonly byteLength: number
}

/** A file that is no image, or a broken one. */
export interface Skipped {
  readonly name: string
  readonly reason: string
}

export interface Found {
  readonly images: readonly Image[]
  readonly skipped: readonly Skipped[]
}

/**
 * Looks at the header of every file of a folder; its subfolders are left alone.
 *
 * @throws {Refusal} when the folder is not there or has no files
 */
export async function findImages(folder: string): Promise<Found> {
  const images: Image[] = []
  const skipped: Skipped[] = []
  for (const name of await list(folder)) {
    const path = join(folder, name)
    try {
      const file = await stat(path)
      if (file.isDirectory()) continue
      if (file.size === 0) skipped.push({ name, reason: 'the file is empty' })
      else images.push(await lookAt(name, path))
    } catch (error) {
      skipped.push({ name, reason: toReason(error) })
    }
  }
  if (images.length + skipped.length > 0) return { images, skipped }
  throw new Refusal(`folder must have files in it, got none in ${folder}`)
}

/** The first line of an error, as far as it says something to a user. */
export function toReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? message
}

async function lookAt(name: string, path: string): Promise<Image> {
  const { width, height, channels, hasAlpha } = await sharp(path).metadata()
  // sharp turns grey and palettes into RGB as it decodes, so the header may promise less.
  const channelsMax = Math.max(channels, hasAlpha ? 4 : 3)
  return { name, path, pixels: width * height, byteLength: width * height * channelsMax }
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    throw new Refusal(`folder must be one that can be read: ${toReason(error)}`)
  }
}
