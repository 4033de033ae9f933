import { PixelPool } from 'pixelpool'
import { decode, encode } from 'pixelpool/sharp'
import { inFlight, type Job, toThumbnail, type Work } from './job.js'

/**
 * Decodes into a slot, and makes the thumbnail of what is in the slot. With 'auto' that is done
 * directly, but for formats that only sharp reads.
 */
export function pooled({ images }: Job, path: 'auto' | 'copy'): Work {
  const slotBytes = Math.max(...images.map((image) => image.byteLength))
  const pool = new PixelPool({ slots: inFlight, slotBytes })
  return async (file, target) => {
    const buffer = await decode(file, { pool, autoOrient: true, path })
    try {
      await encode(buffer, (image) => toThumbnail(image).toFile(target))
    } finally {
      buffer.release()
    }
  }
}
