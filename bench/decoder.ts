import sharp, { type Sharp } from 'sharp'
import { PixelPool } from '../src/index.js'
import { decode } from '../src/sharp/index.js'
import { sink } from './process.js'

export const decoderNames = [
  'sharp',
  'sharp cache(false)',
  'sharp concurrency 1',
  'pixelpool direct',
  'pixelpool copy',
] as const

export type DecoderName = (typeof decoderNames)[number]

/** Decodes image files into memory, one way or another. */
export interface Decoder {
  /** Drops the pixels as soon as they are there. */
  decode(path: string): Promise<void>
  /** Gives back what is kept for the next image. */
  trim(): void
}

export interface DecoderOptions {
  /** Images at once. */
  readonly lanes: number
  /** Of the largest image. */
  readonly bytes: number
  /** Images are made as large as goes into it; as they are by default. */
  readonly size?: { readonly width: number; readonly height: number }
}

/** Sets up sharp for this process, too. */
export function makeDecoder(name: DecoderName, options: DecoderOptions): Decoder {
  switch (name) {
    case 'sharp':
      return bySharp(options)
    case 'sharp cache(false)':
      sharp.cache(false)
      return bySharp(options)
    case 'sharp concurrency 1':
      sharp.concurrency(1)
      return bySharp(options)
    case 'pixelpool direct':
      return byPool('direct', options)
    case 'pixelpool copy':
      return byPool('copy', options)
  }
}

function bySharp({ size }: DecoderOptions): Decoder {
  const fitted = (image: Sharp): Sharp =>
    size === undefined ? image : image.resize({ ...size, fit: 'inside' })
  return {
    async decode(path) {
      const pixels = await fitted(sharp(path)).raw().toBuffer()
      sink.value += pixels.at(-1) ?? 0
    },
    trim() {},
  }
}

/** As many slots as lanes. */
function byPool(path: 'direct' | 'copy', { lanes, bytes, size }: DecoderOptions): Decoder {
  const pool = new PixelPool({ slots: lanes, slotBytes: bytes })
  const options = { pool, path, ...size }
  return {
    async decode(file) {
      const buffer = await decode(file, options)
      sink.value += buffer.data.at(-1) ?? 0
      buffer.release()
    },
    trim() {
      pool.trim()
    },
  }
}
