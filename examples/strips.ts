// An image of any size is read from top to bottom through one slot: here, how bright each part is.
import { fileURLToPath } from 'node:url'
import { PixelPool } from 'pixelpool'
import { metadata, strips } from 'pixelpool/sharp'

const file = fileURLToPath(
  new URL('../../examples/photos/umang_by_Abhishek_Mudgal.jpg', import.meta.url),
)
const { shape } = await metadata(file)
const rows = 540
const pool = new PixelPool({ slots: 1, slotBytes: shape.width * shape.channels * rows })
for await (const strip of strips(file, { pool, rows })) {
  try {
    let sum = 0
    for (const sample of strip.data) sum += sample
    const mean = (sum / strip.data.length).toFixed(0)
    console.log(`rows ${strip.top} to ${strip.top + strip.height - 1}: ${mean} of 255`)
  } finally {
    strip.release()
  }
}
