import { PixelArena, PixelPool } from 'pixelpool'
import { decode, encode } from 'pixelpool/sharp'
import { inFlight, type Job, toThumbnail, type Work } from './job.js'

/**
 * Decodes into a slot, and makes the thumbnail of what is in the slot. With 'auto' that is done
 * directly, but for formats that only sharp reads.
 */
export function pooled({ images }: Job, path: 'auto' | 'copy'): Work {
  const slotBytes = Math.max(...images.map((image) => image.byteLength))
  return through(new PixelPool({ slots: inFlight, slotBytes }), path)
}

/** The same in one arena of the default budget, where an image takes no more than it needs. */
export function inArena(): Work {
  const arena = new PixelArena()
  return Object.assign(through(arena, 'auto'), { advise: () => arena.advise() })
}

function through(pool: PixelPool | PixelArena, path: 'auto' | 'copy'): Work {
  return async (file, target) => {
    const buffer = await decode(file, { pool, autoOrient: true, path, wait: true })
    try {
      await encode(buffer, (image) => toThumbnail(image).toFile(target))
    } finally {
      buffer.release()
    }
  }
}
