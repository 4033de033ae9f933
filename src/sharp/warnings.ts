import sharp from 'sharp'

/** A grey pixel as PNG. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)
const jobsMax = 64

let jobs = 0
let draining = false
let again = false

/**
 * To be called after each direct job. libvips' warnings go into a list of sharp's, whoever's job
 * they are of, and the next job of sharp tells of them as its own, or ends with an error over them.
 * So a job of ours takes them out again, if there may be some: at once after one that was let off
 * broken pictures, and else now and then.
 */
export function drainWarnings(likely: boolean): void {
  jobs++
  if (draining) {
    again ||= likely
    return
  }
  if (!likely && jobs < jobsMax) return
  jobs = 0
  draining = true
  const done = (): void => {
    draining = false
    const more = again
    again = false
    if (more) drainWarnings(true)
  }
  sharp(pixel).metadata().then(done, done)
}
