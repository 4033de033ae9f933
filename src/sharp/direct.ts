import type { PixelBuffer } from '../buffer.js'
import type { NativeCodec, NativeInput, NativeJob, NativeReport } from '../native-codec.js'
import type { PixelPool } from '../pool.js'
import { checkFits, type Depth, type Shape, type ShapeOptions, toShape } from '../shape.js'
import type { ImageRequest } from './request.js'
import { drainWarnings } from './warnings.js'

export interface DirectOptions {
  readonly request: ImageRequest
  readonly dropCache: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((fraction: number) => void) | undefined
}

/**
 * Has libvips decode an image into a slot. It holds the slot until it has settled, also when the
 * caller gives up.
 */
export async function decodeDirectly(
  codec: NativeCodec,
  input: NativeInput,
  place: PixelBuffer,
  { request, dropCache, signal, onProgress }: DirectOptions,
): Promise<NativeReport> {
  let job: NativeJob | null = null
  const tell = (): void => {
    if (job !== null) onProgress?.(job.percent() / 100)
  }
  const listener = onProgress === undefined ? null : tell
  job = codec.decode(input, request.native, place.job(), dropCache, listener)
  const { cancel, settled } = job
  signal?.addEventListener('abort', cancel)
  const report = await settled
  signal?.removeEventListener('abort', cancel)
  job = null
  drainWarnings(report.outcome !== 'ok' || request.isLenient)
  return report
}

/** @throws {PoolError} `ERR_SHAPE_TOO_LARGE` */
export function toPlannedShape({ shape }: NativeReport, pool?: PixelPool<Depth>): Shape {
  const planned = toShape(toShapeOptions(shape))
  if (pool !== undefined) checkFits(planned, pool.slotBytes)
  return planned
}

/** The codec gives from 1 to 4 channels, and no more. */
function toShapeOptions({ width, height, channels, pages }: NativeReport['shape']): ShapeOptions {
  const counts = [1, 2, 3, 4] as const
  return { width, height, channels: counts[channels - 1] ?? 4, pages }
}
