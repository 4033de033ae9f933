import { unlessAborted } from './abort.js'
import type { PixelArena } from './arena.js'
import type { PixelBuffer } from './buffer.js'
import { argumentError, PoolError } from './errors.js'
import { Lender } from './lender.js'
import { checkWait } from './line.js'
import type { PixelPool } from './pool.js'
import { type Depth, describe, type Shape, type ShapeOptions } from './shape.js'
import { type ByteSource, checkSource, toSource } from './source.js'

export interface FramesOptions<D extends Depth = 'uchar'> {
  /** Where the frames go. */
  readonly pool: PixelPool<Depth> | PixelArena
  /** Of each frame. Default: the pool's own; an arena has none. */
  readonly shape?: ShapeOptions<D> | undefined
  /** Gives up: the pull, or the next one, rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /** What becomes of a last frame that is not whole. Default `'throw'`: `ERR_FRAME_TRUNCATED`. */
  readonly truncated?: 'throw' | 'drop' | undefined
}

/**
 * Cuts a stream of bytes into frames, each in a slot of the pool or arena: raw video of `ffmpeg -f
 * rawvideo`, a socket, a file; of Node, of the Web, or any async iterable of chunks of any size.
 * Whoever pulls a frame releases it: `for await (const frame of frames(...)) try { ... } finally {
 * frame.release() }`.
 *
 * A slot is waited for when a frame's first byte is there, and nothing is read meanwhile: a slow
 * consumer holds up the source, not memory. Leaving the loop, an error and an abort stop the source
 * and give back the frame that was begun. To leave while a pull waits for bytes, use the signal.
 *
 * Cost: one copy of each byte.
 *
 * @throws {PoolError} at once `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_TOO_LARGE`; a pull rejects with
 * `ERR_FRAME_TRUNCATED` after the last whole frame, `ERR_POOL_CLOSED`, `ERR_INVALID_ARGUMENT` for a
 * chunk that is no bytes, or with the stream's own error
 */
export function frames<D extends Depth = 'uchar'>(
  readable: ByteSource,
  options: FramesOptions<D>,
): AsyncGenerator<PixelBuffer<D>, void, undefined>
export function frames(
  readable: ByteSource,
  options: FramesOptions<Depth>,
): AsyncGenerator<PixelBuffer, void, undefined> {
  if (typeof options !== 'object' || options === null) {
    throw argumentError('options', 'an object with a pool', options)
  }
  const { signal, truncated = 'throw' } = options
  const pool: Lender<Depth> = options.pool
  if (!(pool instanceof Lender)) throw argumentError('pool', 'a PixelPool or a PixelArena', pool)
  checkWait({ signal })
  if (truncated !== 'throw' && truncated !== 'drop') {
    throw argumentError('truncated', "'throw' or 'drop'", truncated)
  }
  const shape = pool.shapeOf(options.shape)
  checkSource(readable)
  return cut(readable, { pool, shape, signal, truncated })
}

interface Cutting {
  readonly pool: Lender<Depth>
  readonly shape: Shape
  readonly signal: AbortSignal | undefined
  readonly truncated: 'throw' | 'drop'
}

async function* cut(
  readable: ByteSource,
  { pool, shape, signal, truncated }: Cutting,
): AsyncGenerator<PixelBuffer, void, undefined> {
  const source = toSource(readable)
  let begun: PixelBuffer | null = null // what is not whole yet
  let filled = 0 // bytes of it
  try {
    for (;;) {
      const chunk = await unlessAborted(source.next(), signal)
      if (chunk === null) break
      for (let taken = 0; taken < chunk.length; ) {
        begun ??= await pool.acquireAsync(shape, { signal })
        const part = chunk.subarray(taken, taken + shape.byteLength - filled)
        new Uint8Array(begun.data.buffer).set(part, filled)
        taken += part.length
        filled += part.length
        if (filled < shape.byteLength) continue
        const whole = begun
        begun = null
        filled = 0
        yield whole
      }
    }
    if (begun !== null && truncated === 'throw') {
      throw new PoolError(
        'ERR_FRAME_TRUNCATED',
        `the stream ended ${filled} bytes into a frame of ${describe(shape)}; the source stopped ` +
          'early, or sends another shape',
      )
    }
  } finally {
    begun?.release()
    const ended = source.end()
    if (signal?.aborted !== true) await ended
  }
}
