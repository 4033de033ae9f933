import { unlessAborted } from '../abort.js'
import type { PixelArena } from '../arena.js'
import type { PixelBuffer } from '../buffer.js'
import { argumentError, PoolError } from '../errors.js'
import { Lender } from '../lender.js'
import { checkWait } from '../line.js'
import type { PixelPool } from '../pool.js'
import { checkCount, type Depth, toShape } from '../shape.js'
import { dropCache, findCodec } from './codec.js'
import { noCodec } from './failure.js'
import { type ImageInput, toInput } from './input.js'
import { tellMalloc } from './malloc.js'
import { acquire } from './place.js'
import { Reader } from './reader.js'
import { checkFlag, type ImageOptions, ImageRequest } from './request.js'

export interface StripsOptions extends Omit<ImageOptions, 'page' | 'pages'> {
  /** Where each strip goes. */
  readonly pool: PixelPool<Depth> | PixelArena
  /** Rows a strip, from 1; the last one has what is left. */
  readonly rows: number
  /** Waits for a slot at each pull. Default false: an exhausted pool refuses, which ends it. */
  readonly wait?: boolean | undefined
  /** Gives up: the pull, or the next one, rejects with `signal.reason` and closes the reader. */
  readonly signal?: AbortSignal | undefined
  /** Empties libvips' cache of operations at the end. Process-wide, see `decode()`. Default false. */
  readonly dropCache?: boolean | undefined
}

/** Some rows of a picture. Whoever pulled it releases it. */
export interface Strip extends PixelBuffer {
  /** The row of the picture that is the first one here. */
  readonly top: number
}

/**
 * Decodes an image from top to bottom, one strip at a time, in bounded memory however large it is:
 * `for await (const strip of strips(file, { pool, rows: 256 })) try { ... } finally {
 * strip.release() }`. The rows are those of `decode()` with the same options, byte for byte.
 *
 * A slot is taken at each pull; an arena charges it by the strip's shape. Nothing is decoded but what
 * is pulled. `return()`, which leaving a `for await` calls, closes the reader. Progressive JPEGs, interlaced PNGs, and the frames of WebP, GIF and AVIF are whole in
 * libvips' memory meanwhile: their formats leave no choice. Bytes are copied at the first pull, since
 * the caller goes on meanwhile: for huge images give a path.
 *
 * @throws {PoolError} at once: `ERR_INVALID_ARGUMENT`, `ERR_UNSUPPORTED_RUNTIME`. A pull rejects,
 * which also ends the reader, with `ERR_POOL_EXHAUSTED`, `ERR_SHAPE_TOO_LARGE`, `ERR_POOL_CLOSED`,
 * `ERR_IMAGE_UNREADABLE`, `ERR_UNSUPPORTED_IMAGE` (also when `autoOrient` would have to turn it),
 * `ERR_IMAGE_TOO_LARGE`, `ERR_IMAGE_CORRUPT`; and, which ends nothing, with `ERR_STRIP_PENDING`
 * while another pull runs
 */
export function strips(input: ImageInput, options: StripsOptions): Strips {
  return new Strips(input, options)
}

const done = { done: true, value: undefined } as const

/** What {@link strips} answers. reading --the last row | return() | an error--> ended. */
export class Strips implements AsyncIterableIterator<Strip, undefined> {
  readonly #pool: Lender<Depth>
  readonly #rows: number
  readonly #wait: boolean
  readonly #leaving: AbortController = new AbortController() // the line, when it ends
  readonly #signal: AbortSignal | undefined
  readonly #dropCache: boolean
  #open: (() => Promise<Reader>) | null // null since the first pull
  #reader: Reader | null = null // null before the first pull, and when closed
  #top = 0
  #ended = false
  #pull: Promise<unknown> | null = null // what runs, null between pulls
  #closed: Promise<void> | null = null

  /** Made by `strips()`. */
  constructor(input: ImageInput, options: StripsOptions) {
    if (typeof options !== 'object' || options === null) {
      throw argumentError('options', 'an object with a pool and rows', options)
    }
    const { pool, rows, wait = false, signal, dropCache = false } = options
    if (!(pool instanceof Lender)) throw argumentError('pool', 'a PixelPool or a PixelArena', pool)
    checkCount('rows', rows)
    checkFlag('wait', wait)
    checkWait({ signal })
    checkFlag('dropCache', dropCache)
    const request = new ImageRequest(options)
    request.checkLeftOut(['page', 'pages'], 'of strips')
    const image = toInput(input)
    const codec = findCodec()
    if (codec.path === 'copy') throw noCodec(codec)
    this.#pool = pool
    this.#rows = rows
    this.#wait = wait
    this.#signal = signal
    this.#dropCache = dropCache
    this.#open = () => Reader.open(codec.native, image, request)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Strip, undefined>> {
    if (this.#ended) return done
    if (this.#pull !== null) {
      const text = 'next() was called while a strip is being read; await that one first'
      throw new PoolError('ERR_STRIP_PENDING', text)
    }
    const pull = this.#begin()
    try {
      const strip = await unlessAborted(pull, this.#signal)
      if (strip !== null) return { done: false, value: strip }
    } catch (reason) {
      dropWhatComes(pull)
      const closed = this.#end()
      if (this.#signal?.aborted !== true) await closed
      throw reason
    }
    await this.#end()
    return done
  }

  /** Ends the reading, also while a pull runs: that one answers that it is done. */
  async return(): Promise<IteratorResult<Strip, undefined>> {
    await this.#end()
    return done
  }

  #begin(): Promise<Strip | null> {
    const pull = this.#read()
    const settle = (): void => {
      this.#pull = null
    }
    this.#pull = pull.then(settle, settle)
    return pull
  }

  /** The next strip, or null at the end. */
  async #read(): Promise<Strip | null> {
    this.#signal?.throwIfAborted()
    const reader = this.#reader ?? (await this.#open?.()) ?? null
    this.#reader = reader
    this.#open = null
    if (reader === null) return null
    const { width, height, channels } = reader.shape
    const top = this.#top
    const rows = Math.min(this.#rows, height - top)
    if (rows === 0 || this.#ended) return null
    const shape = toShape({ width, height: rows, channels })
    let place: PixelBuffer | null = null
    try {
      const patience = { wait: this.#wait, signal: this.#leaving.signal }
      place = await acquire(this.#pool, shape, patience)
      if (this.#ended) return null
      tellMalloc(shape.byteLength)
      await reader.read(place.job(), top, rows)
      if (this.#ended) return null
      this.#top += rows
      return Object.assign(place.reshape(shape), { top })
    } catch (reason) {
      if (this.#ended) return null // return() has stopped it
      throw reason
    } finally {
      place?.[Symbol.dispose]()
    }
  }

  #end(): Promise<void> {
    this.#ended = true
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#leaving.abort()
    this.#reader?.cancel()
    await this.#pull
    await this.#reader?.close()
    this.#reader = null
    this.#open = null
    if (this.#dropCache) await dropCache()
  }
}

/** A strip that was read in the very moment in which the caller gave up. */
function dropWhatComes(pull: Promise<Strip | null>): void {
  pull.then(
    (strip) => strip?.[Symbol.dispose](),
    () => {},
  )
}
