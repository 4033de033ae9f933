import { fullHd } from './sizes.js'

/**
 * What is done to a frame before it is handed over. 'one byte' is the price of the messages alone,
 * 'touch' writes one byte a page of memory.
 */
export const works = ['one byte', 'touch', 'fill', 'set'] as const

/** A page and a cache line: at a distance of pages alone, huge ones would share a few cache sets. */
const touchBytes = 4096 + 64

export type Work = (typeof works)[number]

/** Writes a frame whose first byte is the value. */
export type Write = (pixels: Uint8ClampedArray, value: number) => void

export function makeWrite(work: Work): Write {
  switch (work) {
    case 'one byte':
      return (pixels, value) => {
        pixels[0] = value
      }
    case 'touch':
      return (pixels, value) => {
        for (let at = 0; at < pixels.length; at += touchBytes) pixels[at] = value
      }
    case 'fill':
      return (pixels, value) => {
        pixels.fill(value)
      }
    case 'set': {
      const ready = new Uint8ClampedArray(fullHd.bytes).fill(128)
      return (pixels, value) => {
        ready[0] = value
        pixels.set(ready)
      }
    }
  }
}
