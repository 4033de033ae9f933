import { random } from '../process/children/random.js'

export interface Canvas {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

/**
 * Pixels like a photo's: waves, a block that makes every turn and mirroring show, and noise. The
 * last of 2 or 4 channels is alpha, from 0 on the left to 1 on the right.
 */
export function paint({ width, height, channels }: Canvas, seed: number): Buffer {
  const roll = random(seed)
  const pixels = Buffer.alloc(width * height * channels)
  const colours = channels % 2 === 0 ? channels - 1 : channels
  let i = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = x < width / 4 && y < height / 5 ? 0.35 : 0
      for (let channel = 0; channel < colours; channel++) {
        const wave = Math.sin(x / 9 + channel) * Math.cos(y / 13 + seed)
        pixels[i++] = to8Bits(0.5 + 0.3 * wave - block + 0.2 * (roll() - 0.5))
      }
      if (colours < channels) pixels[i++] = to8Bits((x / width) * 1.4 - 0.2)
    }
  }
  return pixels
}

/** As 16 bits a sample, low byte first, with something in the low one, too. */
export function to16Bits(pixels: Buffer): Buffer {
  const wide = Buffer.alloc(pixels.length * 2)
  for (const [i, sample] of pixels.entries()) wide.writeUInt16LE(sample * 256 + (i % 256), i * 2)
  return wide
}

function to8Bits(share: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, share)))
}
