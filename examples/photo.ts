// A photo is decoded into a slot, smaller and upright, changed there and written from there.
import { fileURLToPath } from 'node:url'
import { PixelPool } from 'pixelpool'
import { decode, encode, metadata } from 'pixelpool/sharp'

const file = fileURLToPath(
  new URL('../../examples/photos/umang_by_Abhishek_Mudgal.jpg', import.meta.url),
)
const wanted = { width: 1280, height: 720, autoOrient: true }
const { slotBytes } = await metadata(file, wanted)
const pool = new PixelPool({ slots: 2, slotBytes })
const photo = await decode(file, { pool, ...wanted })
try {
  for (let i = 0; i < photo.data.length; i++) photo.data[i] = 255 - (photo.data[i] ?? 0)
  const webp = await encode(photo, (image) => image.webp())
  console.log(`${photo.width}x${photo.height}x${photo.channels}: ${webp.length} bytes of WebP`)
} finally {
  photo.release()
}
console.log(`${pool.stats().free} of ${pool.stats().slots} slots are free`)
