import type { NativeCodec, NativeInput, NativeJob, NativeReport } from '../native-codec.js'
import { type Shape, toShape } from '../shape.js'
import type { Place } from './place.js'
import type { ImageRequest } from './request.js'
import { drainWarnings } from './warnings.js'

export interface DirectOptions {
  readonly request: ImageRequest
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((fraction: number) => void) | undefined
}

/**
 * Has libvips decode an image into a slot. It holds the slot until it has settled, also when the
 * caller gives up; a job that was not begun by then gives it back at once.
 *
 * @throws what onProgress throws, which also gives up
 */
export async function decodeDirectly(
  codec: NativeCodec,
  input: NativeInput,
  place: Place,
  { request, signal, onProgress }: DirectOptions,
): Promise<NativeReport> {
  const progress = onProgress === undefined ? null : new Progress(onProgress)
  const listener = progress === null ? null : (): void => progress.tell()
  const job = codec.decode(input, request.native, place.job(), place.bytes, listener)
  const cancel = (): void => {
    progress?.follow(null)
    job.cancel()
  }
  progress?.follow(job)
  signal?.addEventListener('abort', cancel)
  const report = await job.settled
  signal?.removeEventListener('abort', cancel)
  const wasRead = report.outcome === 'ok' || report.outcome === 'does not fit'
  drainWarnings(!wasRead || request.isLenient)
  progress?.end()
  return report
}

/** Tells somebody how far a job is, until it has ended or he throws. */
class Progress {
  readonly #listener: (fraction: number) => void
  #job: NativeJob | null = null // null before and after
  #thrown: { readonly reason: unknown } | null = null

  constructor(listener: (fraction: number) => void) {
    this.#listener = listener
  }

  follow(job: NativeJob | null): void {
    this.#job = job
  }

  tell(): void {
    const percent = this.#job?.percent() ?? 100
    if (percent === 100) return // decode() tells the end
    try {
      this.#listener(percent / 100)
    } catch (reason) {
      this.#thrown = { reason }
      this.#job?.cancel()
      this.#job = null
    }
  }

  /** @throws what the listener threw */
  end(): void {
    this.#job = null
    const thrown = this.#thrown
    this.#thrown = null
    if (thrown !== null) throw thrown.reason
  }
}

/** The codec gives from 1 to 4 channels, and no more. */
export function toPlannedShape({ shape }: NativeReport): Shape {
  const { width, height, channels, pages } = shape
  const counts = [1, 2, 3, 4] as const
  return toShape({ width, height, channels: counts[channels - 1] ?? 4, pages })
}
