import { PixelPool } from 'pixelpool'
import { encode } from 'pixelpool/sharp'

const pool = new PixelPool({ slots: 4, shape: { width: 640, height: 360 } })
const buffer = pool.acquire()
try {
  const { data, width } = buffer
  for (let i = 0; i < data.length; i += 4) data.set([((i / 4) % width) / 3, 90, 160, 255], i)
  const webp = await encode(buffer, (image) => image.webp())
  console.log(`${buffer.width}x${buffer.height} pixels became ${webp.length} bytes of WebP`)
} finally {
  buffer.release()
}
console.log(`${pool.stats().free} of ${pool.stats().slots} slots are free`)
