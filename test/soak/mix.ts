import type { ShapeOptions } from '../../src/index.js'
import { choose } from '../choose.js'
import type { Photo } from './photos.js'

/** What requests of a burst are about. */
export const mixes = ['thumbnails', 'screens', 'photographs', 'everything'] as const

export type Mix = (typeof mixes)[number]

/** What all threads together would have out at once: the least and the most, in budgets. */
export const appetites: Readonly<Record<Mix, readonly [least: number, most: number]>> = {
  thumbnails: [0.15, 0.5],
  screens: [1.4, 2.4], // more than there is in memory, or in memory and scratch
  photographs: [0.3, 1.5],
  everything: [0.2, 1.6],
}

/** A picture that a request paints by itself, or one that it decodes. */
export type Wish =
  | { readonly kind: 'painted'; readonly shape: ShapeOptions; readonly bytes: number }
  | { readonly kind: 'decoded'; readonly photo: Photo; readonly bytes: number }

const screens = [
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const
const sides = { thumbnail: [60, 320], anything: [80, 3000] } as const // pixels
const depths = [
  ['uchar', 1],
  ['uchar', 1],
  ['uchar', 1],
  ['ushort', 2],
  ['float', 4],
] as const
const paintedMax = 48_000_000 // bytes

/** The wish of one request. */
export function toWish(mix: Mix, photos: readonly Photo[], roll: () => number): Wish {
  switch (mix) {
    case 'thumbnails':
      return roll() < 0.1 ? decoded(smallOnes(photos), roll) : ofAnySide(sides.thumbnail, roll)
    case 'screens':
      return screen(roll)
    case 'photographs':
      return roll() < 0.6 ? decoded(photos, roll) : ofAnySide(sides.thumbnail, roll)
    case 'everything': {
      const which = roll()
      if (which < 0.15) return decoded(photos, roll)
      return which < 0.4 ? screen(roll) : ofAnySide(sides.anything, roll)
    }
  }
}

function smallOnes(photos: readonly Photo[]): Photo[] {
  return photos.filter(({ width }) => width !== undefined)
}

function decoded(photos: readonly Photo[], roll: () => number): Wish {
  const photo = choose(photos, Math.floor(roll() * photos.length))
  if (photo === undefined) throw new Error('there are no photographs')
  return { kind: 'decoded', photo, bytes: photo.bytes }
}

function screen(roll: () => number): Wish {
  const [width, height] = choose(screens, Math.floor(roll() * screens.length)) ?? screens[0]
  return { kind: 'painted', shape: { width, height }, bytes: width * height * 4 }
}

/** Small ones as often as large ones, of all depths. */
function ofAnySide([least, most]: readonly [number, number], roll: () => number): Wish {
  const side = (): number => Math.round(least * (most / least) ** roll())
  const [width, height] = [side(), side()]
  const [depth, bytesEach] = choose(depths, Math.floor(roll() * depths.length)) ?? depths[0]
  const bytes = width * height * 4 * bytesEach
  if (bytes > paintedMax) return ofAnySide([least, most], roll)
  return { kind: 'painted', shape: { width, height, depth }, bytes }
}
