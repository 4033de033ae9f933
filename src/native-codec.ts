// What native.ts declares of the codec, which reads images.

/** A slot's memory on its way to one native job, which holds the slot until it has settled. */
export interface NativeMemory {
  readonly memory: unique symbol
}

/** An open image that is read in strips. */
export interface NativeReader {
  readonly reader: unique symbol
}

/** A path, or bytes that stay as they are until the job has settled. */
export type NativeInput = string | Uint8Array<ArrayBuffer>

/** What of an image is wanted; 0 leaves it as it is. */
export interface NativeRequest {
  readonly width: number
  readonly height: number
  readonly fill: boolean
  readonly autoOrient: boolean
  readonly channels: number
  readonly page: number
  readonly pages: number
  readonly failOn: number
  readonly pixelsMax: number
}

/** How a job of the codec ended. */
export interface NativeReport {
  readonly outcome:
    | 'ok'
    | 'unreadable'
    | 'unsupported'
    | 'corrupt'
    | 'too large'
    | 'does not fit'
    | 'cannot turn'
    | 'cancelled'
    | 'displaced'
  /** libvips' own words, where something went wrong. */
  readonly message: string
  /** Of the file, as far as it was read; rows a page. */
  readonly header: {
    readonly format: NativeFormat
    readonly width: number
    readonly height: number
    readonly channels: number
    readonly pages: number
    readonly orientation: number
  }
  /** Of the result, as far as it was planned: zeros where it was not. */
  readonly shape: {
    readonly width: number
    readonly height: number
    readonly channels: number
    readonly pages: number
  }
}

export type NativeFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'heif' | 'tiff'

export interface NativeJob {
  readonly settled: Promise<NativeReport>
  cancel(): void
  percent(): number
}

/** One libvips' functions. Jobs run on libuv's threads. */
export interface NativeCodec {
  readonly finding: 'found'
  readonly version: string
  look(input: NativeInput, request: NativeRequest): Promise<NativeReport>
  decode(
    input: NativeInput,
    request: NativeRequest,
    memory: NativeMemory,
    dropCache: boolean,
    onProgress: (() => void) | null,
  ): NativeJob
  openStrips(
    input: NativeInput,
    request: NativeRequest,
  ): Promise<NativeReport & { readonly reader: NativeReader }>
  readStrip(
    reader: NativeReader,
    input: NativeInput,
    memory: NativeMemory,
    top: number,
    rows: number,
  ): Promise<NativeReport>
  cancelStrip(reader: NativeReader): void
  closeStrips(reader: NativeReader, dropCache: boolean): Promise<void>
}

/** Why there is no codec. */
export interface NativeNoCodec {
  readonly finding: 'not loaded' | 'incomplete' | 'does not start' | 'fails self-test'
  /** The function that an incomplete one lacks. */
  readonly missing: string
  readonly version: string
}
