import { argumentError } from '../errors.js'
import type { NativeRequest } from '../native-codec.js'
import { checkCount } from '../shape.js'

const sideMax = 100_000_000 // pixels, as in sharp
const pageMax = 100_000 // as in sharp
const pixelsMax = 0x3fff ** 2 // as in sharp

const failOns = ['none', 'truncated', 'error', 'warning'] as const

export type FailOn = (typeof failOns)[number]

/** What of an image is wanted, in sharp's words and with sharp's defaults. */
export interface ImageOptions {
  /** Pixels. With one of width and height the other follows. Default: as it is. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  /**
   * `'inside'`: as large as goes into width x height, in proportion; it may become larger than it
   * was. `'fill'`: exactly width x height. Default `'inside'`.
   */
  readonly fit?: 'inside' | 'fill' | undefined
  /** Turns the picture as its EXIF orientation tells. Default false. */
  readonly autoOrient?: boolean | undefined
  /** 3 removes an alpha channel, 4 adds one. Default `'auto'`: as many as sharp's `raw()` gives. */
  readonly channels?: 3 | 4 | 'auto' | undefined
  /** The first page, from 0. Default: the first; of a HEIF the primary one. */
  readonly page?: number | undefined
  /** How many pages, one below the other; -1 for all. Default 1. */
  readonly pages?: number | undefined
  /** Images of more pixels, by their header, are refused. Default true: 0x3FFF x 0x3FFF; false: none. */
  readonly limitInputPixels?: number | boolean | undefined
  /** How broken an image may be to be refused. Default `'warning'`: any. */
  readonly failOn?: FailOn | undefined
}

/** The names of {@link ImageOptions}. */
export const imageOptions: readonly (keyof ImageOptions)[] = [
  'width',
  'height',
  'fit',
  'autoOrient',
  'channels',
  'page',
  'pages',
  'limitInputPixels',
  'failOn',
]

/** {@link ImageOptions} that were checked, with nothing left to defaults. */
export class ImageRequest {
  readonly native: NativeRequest
  readonly options: ImageOptions
  /** Whether an image with faults may be decoded all the same. */
  readonly isLenient: boolean

  /** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
  constructor(options: ImageOptions) {
    const { width, height, fit = 'inside', autoOrient = false, channels = 'auto' } = options
    const { page, pages = 1, limitInputPixels = true, failOn = 'warning' } = options
    if (width !== undefined) checkCount('width', width, sideMax)
    if (height !== undefined) checkCount('height', height, sideMax)
    if (fit !== 'inside' && fit !== 'fill') throw argumentError('fit', "'inside' or 'fill'", fit)
    checkFlag('autoOrient', autoOrient)
    if (channels !== 3 && channels !== 4 && channels !== 'auto') {
      throw argumentError('channels', "3, 4 or 'auto'", channels)
    }
    if (page !== undefined) checkWithin('page', page, 0, pageMax)
    checkWithin('pages', pages, -1, pageMax)
    if (pages === 0) throw argumentError('pages', 'an integer >= 1, or -1 for all', pages)
    if (typeof limitInputPixels !== 'boolean') {
      checkWithin('limitInputPixels', limitInputPixels, 0, Number.MAX_SAFE_INTEGER)
    }
    if (!failOns.includes(failOn)) {
      throw argumentError('failOn', "'none', 'truncated', 'error' or 'warning'", failOn)
    }
    const limit = limitInputPixels === true ? pixelsMax : Number(limitInputPixels)
    this.options = options
    this.isLenient = failOn !== 'warning'
    this.native = {
      width: width ?? 0,
      height: height ?? 0,
      fill: fit === 'fill',
      autoOrient,
      channels: channels === 'auto' ? 0 : channels,
      page: page ?? -1,
      pages,
      failOn,
      pixelsMax: limit,
    }
  }

  get resizes(): boolean {
    return this.native.width > 0 || this.native.height > 0
  }

  get turns(): boolean {
    return this.native.autoOrient
  }

  /** @throws {PoolError} `ERR_INVALID_ARGUMENT` when one of these options was given */
  checkLeftOut(names: readonly (keyof ImageOptions)[], because: string): void {
    for (const name of names) {
      const value = this.options[name]
      if (value !== undefined) throw argumentError(name, `left out ${because}`, value)
    }
  }
}

function checkWithin(
  name: string,
  value: unknown,
  min: number,
  max: number,
): asserts value is number {
  if (typeof value === 'number' && Number.isInteger(value) && min <= value && value <= max) return
  throw argumentError(name, `an integer between ${min} and ${max}`, value)
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
export function checkFlag(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw argumentError(name, 'true or false', value)
}
