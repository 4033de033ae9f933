import type { Pixels } from './rival.js'
import { animationFrame } from './sizes.js'

/** Draws one page of the benches' animation: a bar that moves over a plain ground. */
export function drawFrame(pixels: Pixels, start: number, page: number): void {
  const rowBytes = animationFrame.width * 4
  pixels.fill(0xff, start, start + animationFrame.bytes)
  for (let row = 0; row < animationFrame.height; row++) {
    const bar = start + row * rowBytes + page * 80
    for (let i = bar; i < bar + 160; i += 4) {
      pixels[i] = row >> 1
      pixels[i + 1] = 64
    }
  }
}
