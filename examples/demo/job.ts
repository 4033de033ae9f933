import type { Advice } from 'pixelpool'
import type { Sharp } from 'sharp'
import type { Image, Skipped } from './images.js'
import type { Reading } from './meter.js'

/** How many images are worked on at once, in every mode. */
export const inFlight = 4

/**
 * plain: decodes into buffers that sharp makes; copy: the same, then into a slot of a pool;
 * direct: into a slot at once; fileToFile: nothing is decoded in full; arena: into slots of an
 * arena, which tells what it was asked for.
 */
export type Mode = 'plain' | 'copy' | 'direct' | 'fileToFile' | 'arena'

/** What a measured process is to do. */
export interface Job {
  readonly mode: Mode
  readonly images: readonly Image[]
  /** How often all images are done. */
  readonly repeat: number
  /** Takes the thumbnails of the first time round. */
  readonly output: string
  /** Takes those of all other times, one file for each image in flight. */
  readonly scratch: string
}

export interface Work {
  /** Does one image: reads the file at `path`, writes its thumbnail to `target`. */
  (path: string, target: string): Promise<unknown>
  /** Of an arena only. */
  advise?(): Advice
}

/** How a measured process stands, several times a second. */
export interface Sample {
  readonly kind: 'sample'
  /** Since the work began. */
  readonly seconds: number
  readonly rssBytes: number
  /** Images done, with the broken ones. */
  readonly done: number
}

/** What a measured process says at its end. */
export interface Result extends Reading {
  readonly kind: 'result'
  /** Images done, without the broken ones. */
  readonly thumbnails: number
  readonly skipped: readonly Skipped[]
  /** Null without an arena. */
  readonly advice: Advice | null
}

/** The work that is the same in every mode. */
export function toThumbnail(image: Sharp): Sharp {
  return image.resize(480).webp()
}
