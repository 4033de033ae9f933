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
  readonly failOn: string
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
    | 'no such page'
    | 'cancelled'
    | 'displaced'
  /** libvips' own words, where something went wrong. */
  readonly message: string
  /** Of the file; rows a page. Says nothing where it was not read. */
  readonly header: {
    readonly format: NativeFormat
    readonly width: number
    readonly height: number
    readonly channels: number
    readonly pages: number
    readonly orientation: number
  }
  /** Of the result; says nothing where it was not planned. */
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
  /** Writes no more than so many bytes. */
  decode(
    input: NativeInput,
    request: NativeRequest,
    memory: NativeMemory,
    bytes: number,
    onProgress: (() => void) | null,
  ): NativeJob
  openStrips(
    input: NativeInput,
    request: NativeRequest,
  ): Promise<NativeReport & { readonly reader: NativeReader }>
  readStrip(
    reader: NativeReader,
    memory: NativeMemory,
    top: number,
    rows: number,
  ): Promise<NativeReport>
  cancelStrip(reader: NativeReader): void
  closeStrips(reader: NativeReader): Promise<void>
  /** Empties the cache of operations, of the whole process. */
  dropCache(): Promise<void>
}

/** Why there is no codec. */
export interface NativeNoCodec {
  readonly finding: 'not loaded' | 'incomplete' | 'does not start' | 'fails self-test'
  /** The function that an incomplete one lacks. */
  readonly missing: string
  readonly version: string
}
