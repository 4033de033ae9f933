import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** A file, how it is decoded, and what must come of that. */
export interface Photo {
  readonly path: string
  /** Pixels; undefined for the whole picture. */
  readonly width: number | undefined
  /** Of the pixels. */
  readonly bytes: number
  readonly hash: string
}

const folder = fileURLToPath(new URL('../../../examples/photos', import.meta.url))
const widths = [undefined, 1024, 320]

/** The photographs of the examples in several sizes, as sharp decodes them. */
export async function readPhotos(): Promise<Photo[]> {
  const photos: Photo[] = []
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.jpg')).sort()) {
    const path = join(folder, name)
    for (const width of widths) {
      const image = width === undefined ? sharp(path) : sharp(path).resize({ width })
      const pixels = await image.raw().toBuffer()
      photos.push({ path, width, bytes: pixels.length, hash: hashOf(pixels) })
    }
  }
  return photos
}

export function hashOf(pixels: Uint8Array): string {
  return createHash('sha1').update(pixels).digest('hex')
}
