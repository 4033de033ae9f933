import { existsSync } from 'node:fs'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { known } from './bench.js'
import { filesFolder } from './files.js'
import { scene } from './scene.js'

export const kinds = ['baseline', 'progressive', 'png', 'webp', 'tiff'] as const

export type Kind = (typeof kinds)[number]

/** An image in a file. */
export interface Picture {
  readonly name: string
  readonly path: string
  readonly kind: Kind
  readonly width: number
  readonly height: number
  /** Of the decoded pixels. */
  readonly bytes: number
}

type Format = (image: Sharp) => Sharp

/** A camera's JPEG, and the other formats in their usual ways. */
const formats: Readonly<Record<Kind, Format>> = {
  baseline: (image) => image.jpeg({ quality: 93 }),
  progressive: (image) => image.jpeg({ quality: 93, progressive: true }),
  png: (image) => image.png({ adaptiveFiltering: true }),
  webp: (image) => image.webp({ quality: 85, effort: 2 }),
  tiff: (image) => image.tiff({ compression: 'lzw', predictor: 'horizontal' }),
}

/** 3:2. */
const painted: readonly { readonly kind: Kind; readonly megapixels: number }[] = [
  { kind: 'baseline', megapixels: 1 },
  { kind: 'baseline', megapixels: 12 },
  { kind: 'baseline', megapixels: 24 },
  { kind: 'progressive', megapixels: 12 },
  { kind: 'png', megapixels: 12 },
  { kind: 'webp', megapixels: 12 },
  { kind: 'tiff', megapixels: 12 },
]
const smokeScale = 0.1 // of each side

const ourPhotos = fileURLToPath(new URL('../../examples/photos', import.meta.url))

/** Photos, and scenes of set sizes: those of one kind, largest first. */
export async function readGallery(kind: Kind): Promise<Picture[]> {
  const pictures: Picture[] = JSON.parse(await readFile(catalogue(), 'utf8'))
  return pictures.filter((picture) => picture.kind === kind).sort((a, b) => b.bytes - a.bytes)
}

/** Makes the gallery, unless it is there. Photos are those of the folder PIXELPOOL_PHOTOS, or ours. */
export async function makeGallery(smoke: boolean): Promise<void> {
  if (existsSync(catalogue())) return
  const folder = process.env.PIXELPOOL_PHOTOS ?? ourPhotos
  const photos = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name)).sort()
  const pictures: Picture[] = []
  for (const name of photos) pictures.push(await lookAt(name, join(folder, name)))
  for (const { kind, megapixels } of painted) {
    const side = Math.sqrt(megapixels * 1e6) * (smoke ? smokeScale : 1)
    const width = Math.round(side * Math.sqrt(3 / 2))
    const height = Math.round(side / Math.sqrt(3 / 2))
    const name = `${kind}-${megapixels}mp`
    const path = join(filesFolder(), name)
    await formats[kind](await scene(width, height)).toFile(path)
    pictures.push(await lookAt(name, path))
  }
  await writeFile(`${catalogue()}.part`, JSON.stringify(pictures))
  await rename(`${catalogue()}.part`, catalogue())
}

async function lookAt(name: string, path: string): Promise<Picture> {
  const { format, isProgressive, width, height, channels } = await sharp(path).metadata()
  const kind = format === 'jpeg' ? (isProgressive ? 'progressive' : 'baseline') : format
  // sharp makes RGB of grey.
  return {
    name,
    path,
    kind: known(kinds, kind),
    width,
    height,
    bytes: width * height * Math.max(channels, 3),
  }
}

function catalogue(): string {
  return join(filesFolder(), 'gallery.json')
}
