import type {
  NativeCodec,
  NativeInput,
  NativeMemory,
  NativeReader,
  NativeReport,
} from '../native-codec.js'
import type { Shape } from '../shape.js'
import { toPlannedShape } from './direct.js'
import { toError } from './failure.js'
import type { ImageRequest } from './request.js'
import { drainWarnings } from './warnings.js'

/** An image that libvips has open, to be read from top to bottom: open --close()--> closed. */
export class Reader {
  /** Of the whole picture. */
  readonly shape: Shape
  readonly #codec: NativeCodec
  readonly #native: NativeReader

  private constructor(
    codec: NativeCodec,
    report: NativeReport & { readonly reader: NativeReader },
  ) {
    this.shape = toPlannedShape(report)
    this.#codec = codec
    this.#native = report.reader
  }

  /** @throws {PoolError} the image's own errors */
  static async open(
    codec: NativeCodec,
    input: NativeInput,
    request: ImageRequest,
  ): Promise<Reader> {
    const report = await codec.openStrips(input, request.native)
    if (report.outcome === 'ok') return new Reader(codec, report)
    drainWarnings(true)
    await codec.closeStrips(report.reader)
    throw toError(report)
  }

  /**
   * Writes some rows; never one that was passed by. One read at a time.
   *
   * @throws {PoolError} the image's own errors; it can only be closed then
   */
  async read(memory: NativeMemory, top: number, rows: number): Promise<void> {
    const report = await this.#codec.readStrip(this.#native, memory, top, rows)
    if (report.outcome !== 'ok') throw toError(report)
  }

  /** The read that runs ends soon. */
  cancel(): void {
    this.#codec.cancelStrip(this.#native)
  }

  /** Once, while no read runs. */
  async close(): Promise<void> {
    await this.#codec.closeStrips(this.#native)
    drainWarnings(true)
  }
}
