import sharp from 'sharp'
import { toThumbnail, type Work } from './job.js'

/** The same without a pool, with the buffers that sharp makes. */
export function plain(): Work {
  return async (path, target) => {
    const { data, info } = await sharp(path)
      .autoOrient()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    await toThumbnail(sharp(data, { raw: { width, height, channels } })).toFile(target)
  }
}
