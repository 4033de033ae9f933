import sharp from 'sharp'
import { toThumbnail, type Work } from './job.js'

/** By sharp alone, so that no picture is ever there in full: sharp shrinks while it loads. */
export function fileToFile(): Work {
  return (path, target) => toThumbnail(sharp(path).autoOrient()).toFile(target)
}
