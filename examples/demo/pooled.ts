import { PixelPool } from 'pixelpool'
import { decode, encode } from 'pixelpool/sharp'
import sharp from 'sharp'
import { inFlight, type Job, toThumbnail, type Work } from './job.js'

/** Decodes into a slot, and makes the thumbnail of what is in the slot. */
export function pooled({ images }: Job): Work {
  const slotBytes = Math.max(...images.map((image) => image.byteLength))
  const pool = new PixelPool({ slots: inFlight, slotBytes })
  return async (path, target) => {
    const buffer = await decode(sharp(path).autoOrient(), { pool })
    try {
      await encode(buffer, (image) => toThumbnail(image).toFile(target))
    } finally {
      buffer.release()
    }
  }
}
