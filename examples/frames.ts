import { type PixelBuffer, PixelPool } from 'pixelpool'
import { encode } from 'pixelpool/sharp'

const frames = 48
const pool = new PixelPool({ slots: 2, shape: { width: 640, height: 360, channels: 3 } })

/** A white bar walks over a dark picture. A slot is not cleared: every byte is written. */
function draw({ data, width, height, channels }: PixelBuffer, frame: number): void {
  const left = Math.floor(((width - 40) * frame) / (frames - 1))
  data.fill(40)
  for (let y = 0; y < height; y++) {
    const start = (y * width + left) * channels
    data.fill(255, start, start + 40 * channels)
  }
}

/** use() waits for a slot, and releases it whatever happens. */
async function toJpeg(frame: number): Promise<Buffer> {
  return pool.use(async (buffer) => {
    draw(buffer, frame)
    return encode(buffer, (image) => image.jpeg())
  })
}

const jpegs = await Promise.all(Array.from({ length: frames }, (_, frame) => toJpeg(frame)))

const bytes = jpegs.reduce((sum, jpeg) => sum + jpeg.length, 0)
const { acquires, peakLeased, slots } = pool.stats()
console.log(`${acquires} frames became ${bytes} bytes of JPEG`)
console.log(`at most ${peakLeased} of ${slots} slots were leased at once`)
