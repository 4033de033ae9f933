// Photos are decoded and made smaller in the workers of Piscina, and encoded here, all through the
// slots of one pool: no pixel is copied between threads, and no more memory is used than the slots.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { PixelPool } from 'pixelpool'
import { encode } from 'pixelpool/sharp'
import type { Photo, Task } from './worker.js'

const folder = fileURLToPath(new URL('../../../examples/photos/', import.meta.url))
const pool = new PixelPool({ slots: 3, shape: { width: 1920, height: 1080 } })
const workers = new Piscina<Task, Photo>({
  filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
  name: 'decodePhoto',
  maxThreads: 2,
  workerData: pool.share(),
})

async function toThumbnail(name: string): Promise<void> {
  const photo = pool.adopt(await workers.run({ file: `${folder}${name}` }))
  try {
    const webp = await encode(photo, (image) => image.webp())
    console.log(`${name}: ${photo.width}x${photo.height}, ${webp.length} bytes of WebP`)
  } finally {
    photo.release()
  }
}

// All at once: those for whom no slot is free wait in the pool's line, in whatever thread.
const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'))
await Promise.all([...names, ...names].map(toThumbnail))
await workers.destroy()

const { peakLeased, free, slots } = pool.stats()
console.log(`at most ${peakLeased} slots were leased at once; ${free} of ${slots} are free`)
