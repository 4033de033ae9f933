import type { Advice } from 'pixelpool'
import { labels } from './labels.js'
import type { Measurement } from './measurement.js'

const heads = ['images/s', 'CPU/image', 'peak RSS', 'page faults', 'major GCs']
const closeEnough = 0.05 // two runs of the same differ by that much

/** A row a measurement. */
export function toTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => [
    labels[measurement.mode],
    imagesPerSecond(measurement).toFixed(1),
    `${cpuPerImage(measurement).toFixed(0)} ms`,
    megabytes(measurement.peakRssBytes),
    measurement.minorFaults.toLocaleString('en-US'),
    measurement.majorCollections.toLocaleString('en-US'),
  ])
  return align([['', ...heads], ...rows])
}

/** In words, with what is lost said as loudly as what is won. */
export function toVerdict(ours: Measurement, theirs: Measurement): string {
  const speed = imagesPerSecond(ours) / imagesPerSecond(theirs)
  const cpu = cpuPerImage(ours) / cpuPerImage(theirs)
  const memory = ours.peakRssBytes / theirs.peakRssBytes
  const name = labels[ours.mode]
  return [
    `${name} ${judge(speed - 1)} speed: ${speed.toFixed(2)}x the images/s of ${labels[theirs.mode]}`,
    `${name} ${judge(1 / cpu - 1)} CPU: ${cpu.toFixed(2)}x its time an image`,
    `${name} ${judge(1 - memory)} memory: ${memory.toFixed(2)}x its peak RSS`,
  ].join('\n')
}

/** The case in which none of them is the best. */
export function toFootnote(fileToFile: Measurement): string {
  const speed = imagesPerSecond(fileToFile).toFixed(1)
  return [
    `If thumbnails are all you want: sharp(path).resize() from file to file never makes the full`,
    `pixels: ${speed} images/s, peak RSS ${megabytes(fileToFile.peakRssBytes)}. A pool is for work on the pixels.`,
  ].join('\n')
}

/** What one arena was asked for, and how large it had to be. */
export function toAdvice({ budget, savedBytes, classes }: Advice, thumbnails: number): string {
  const rows = classes.map(({ slotBytes, slots, acquires }) => [
    `${(slotBytes / 1e6).toFixed(1)} MB`,
    slots.toLocaleString('en-US'),
    acquires.toLocaleString('en-US'),
  ])
  const enough = Math.ceil(budget / 1e6) * 1e6 // so that what is read is enough
  const present = budget + savedBytes
  const rest = `${megabytes(Math.abs(present - enough))} ${present < enough ? 'less' : 'more'}`
  return [
    `${thumbnails} of them once more, in one arena for all sizes; the smallest slots are what decode() holds`,
    `until it knows an image's size.`,
    '',
    align([['slots of up to', 'at once', 'acquires'], ...rows]),
    '',
    `an arena of ${megabytes(enough)} would have served them all without waiting; ` +
      `the default of ${megabytes(present)} has ${rest}`,
  ].join('\n')
}

function imagesPerSecond({ thumbnails, seconds }: Measurement): number {
  return thumbnails / seconds
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`
}

function cpuPerImage({ cpuSeconds, thumbnails }: Measurement): number {
  return (1000 * cpuSeconds) / thumbnails // ms
}

function judge(advantage: number): string {
  if (Math.abs(advantage) < closeEnough) return 'draws on'
  return advantage > 0 ? 'wins on' : 'loses on'
}

/** A line a row, columns under each other. */
function align(rows: readonly (readonly string[])[]): string {
  const columns = rows[0] ?? []
  const widths = columns.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows.map((row) => row.map((cell, column) => pad(cell, column, widths)).join('')).join('\n')
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0
  return column === 0 ? cell.padEnd(width) : cell.padStart(width + 3)
}
