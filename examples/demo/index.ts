// npm run demo [-- folder] [--output DIR] [--repeat N]
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codec } from 'pixelpool/sharp'
import sharp from 'sharp'
import { type Comparison, compare } from './comparison.js'
import { type Found, findImages, type Image, type Skipped } from './images.js'
import { inFlight } from './job.js'
import { type Options, readOptions, usage } from './options.js'
import { draw } from './picture.js'
import { Refusal } from './refusal.js'
import { toAdvice, toFootnote, toTable, toVerdict } from './table.js'

const ourPhotos = fileURLToPath(new URL('../../../examples/photos', import.meta.url))
const pixelsMin = 1e9 // some seconds a mode: less says little about memory over time

try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(`demo: ${error.message}`)
  process.exitCode = 1
}

async function main(options: Options): Promise<void> {
  if (options.help) return console.log(`usage: ${usage}`)
  const { output } = options
  const { images, skipped: unreadable } = await find(options)
  const repeat = options.repeat ?? toRepeat(images)
  const { path, reason } = codec()
  announce(images, repeat, unreadable)
  if (path === 'copy') console.log(`direct is left out: ${reason}.`)
  console.log()

  const comparison = await compare({ images, repeat, output, withDirect: path === 'direct' })
  const skipped = [...unreadable, ...comparison.skipped]
  if (comparison.copy.thumbnails > 0) await show(comparison, output)
  tellSkipped(skipped)
}

async function find({ folder, output }: Options): Promise<Found> {
  if (folder === output) throw new Refusal('--output must be another folder than the images')
  const { images, skipped } = await findImages(folder ?? ourPhotos)
  if (folder === null) {
    return { images, skipped: skipped.filter(({ name }) => name !== 'CREDITS.md') }
  }
  if (images.length > 0) return { images, skipped }
  tellSkipped(skipped)
  throw new Refusal(`folder must have images in it, got none in ${folder}`)
}

function toRepeat(images: readonly Image[]): number {
  const pixels = images.reduce((sum, image) => sum + image.pixels, 0)
  return Math.ceil(pixelsMin / pixels)
}

function announce(images: readonly Image[], repeat: number, unreadable: readonly Skipped[]): void {
  const others = unreadable.length === 0 ? '' : ` (and ${count(unreadable.length, 'other file')})`
  const found = `${count(images.length, 'image')}${others}`
  console.log(`${found}, ${inFlight} at once: decode in full, then a 480-pixel WebP.`)
  if (repeat > 1) {
    console.log(`Each is done ${count(repeat, 'time')}, so that memory over time means something.`)
  }
  const [load = 0] = loadavg()
  if (load > availableParallelism()) {
    const cores = count(availableParallelism(), 'core')
    console.log(`This machine is busy (load ${load.toFixed(1)} on ${cores}): images/s say little.`)
  }
  console.log('plain: into buffers that sharp makes; copy: then into a pool; direct: into a pool.')
}

async function show(comparison: Comparison, output: string): Promise<void> {
  const { plain, copy, direct, fileToFile, arena, different } = comparison
  const rows = [plain, copy, direct ?? []].flat()
  const picture = join(output, 'memory.svg')
  const platform = `${process.platform} ${process.arch}, ${count(availableParallelism(), 'core')}`
  const versions = `Node ${process.versions.node}, sharp ${sharp.versions.sharp}`
  const subtitle = `${plain.thumbnails} thumbnails, ${inFlight} at once; ${versions}, ${platform}`
  await writeFile(picture, await draw(rows, subtitle))

  console.log(`\n${toTable(rows)}\n\n${toVerdict(direct ?? copy, plain)}`)
  console.log(`\n${toFootnote(fileToFile)}`)
  if (arena.advice !== null) console.log(`\n${toAdvice(arena.advice, arena.thumbnails)}`)
  if (different.length > 0) {
    console.log(`\nthumbnails that differ from mode to mode: ${different.join(', ')}`)
    process.exitCode = 1
  }
  console.log(`\nthumbnails: ${relative('', output) || '.'}\npicture:    ${relative('', picture)}`)
}

/** On stderr, as the last thing; and the exit code says so. */
function tellSkipped(skipped: readonly Skipped[]): void {
  if (skipped.length === 0) return
  console.error(`\nskipped ${count(skipped.length, 'file')}:`)
  for (const { name, reason } of skipped) console.error(`  ${name}: ${reason}`)
  process.exitCode = 1
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
