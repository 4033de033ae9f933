import type { PixelBuffer } from '../buffer.js'
import type { PixelPool } from '../pool.js'
import type { Depth } from '../shape.js'

/** A slot is held while an image is decoded, before the picture's shape is known. */
const placeholder = { width: 1, height: 1, channels: 1 } as const

/**
 * A slot for pixels to come: one that is free now, or after a wait.
 *
 * @throws {PoolError} `ERR_POOL_EXHAUSTED`, `ERR_POOL_CLOSED`; or the reason of the signal
 */
export async function takePlace(
  pool: PixelPool<Depth>,
  { wait, signal }: { readonly wait: boolean; readonly signal: AbortSignal | undefined },
): Promise<PixelBuffer> {
  return wait ? pool.acquireAsync(placeholder, { signal }) : pool.acquire(placeholder)
}
