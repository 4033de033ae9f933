import sharp from 'sharp'
import { toThumbnail, type Work } from './job.js'

/** From file to file, so that no picture is ever there in full: sharp shrinks while it loads. */
export function direct(): Work {
  return (path, target) => toThumbnail(sharp(path).autoOrient()).toFile(target)
}
