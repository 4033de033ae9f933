import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { filesFolder } from './files.js'
import { scene } from './scene.js'

export const hugeFormats = ['JPEG', 'PNG'] as const

export type HugeFormat = (typeof hugeFormats)[number]

const side = 20_000 // pixels: 1.2 GB of RGB
const smokeSide = 2000 // pixels
/** Wider than PNG's window of 32 KiB, so that it does not see that the tile comes again. */
const tile = { width: 12_000, height: 2000 }
const grain = 2 // of 255: as in a scan or a map

const writers: Readonly<Record<HugeFormat, (image: Sharp) => Sharp>> = {
  JPEG: (image) => image.jpeg({ quality: 80 }),
  PNG: (image) => image.png({ compressionLevel: 2, adaptiveFiltering: true }),
}

const quick = { compressionLevel: 1 } as const

/** A square picture of more memory than anybody has to spare, in three channels. */
export interface Huge {
  readonly path: string
  readonly side: number
}

export function huge(format: HugeFormat, smoke: boolean): Huge {
  return {
    path: join(filesFolder(), `huge-${format.toLowerCase()}`),
    side: smoke ? smokeSide : side,
  }
}

/** One scene, again and again, into the files that {@link huge} tells of. */
export async function makeHuge(smoke: boolean): Promise<void> {
  for (const format of hugeFormats) {
    const { path, side } = huge(format, smoke)
    if (existsSync(path)) continue
    const width = Math.min(tile.width, side)
    const once = await (await scene(width, tile.height, grain)).png(quick).toBuffer()
    const more = { right: side - width, bottom: side - tile.height }
    const image = sharp(once).extend({ ...more, extendWith: 'repeat' })
    await writers[format](image).toFile(`${path}.part`)
    await rename(`${path}.part`, path)
  }
}
