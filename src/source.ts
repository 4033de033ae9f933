import { argumentError, PoolError } from './errors.js'

/** What bytes can be read from: Node's streams are async iterables, Web streams have a reader. */
export type ByteSource = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** Bytes that arrive in chunks of any size: open --the last chunk | end()--> ended. */
export interface Source {
  /** The next chunk; null at the end. */
  readonly next: () => Promise<Uint8Array | null>
  /** Stops the source. What it fails with then is nobody's business any more. */
  readonly end: () => Promise<void>
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
export function checkSource(readable: unknown): void {
  if (typeof readable === 'object' && readable !== null) {
    if ('getReader' in readable) {
      if (!('locked' in readable) || readable.locked !== true) return
      const text = 'readable must be a stream that nobody else reads'
      throw new PoolError('ERR_INVALID_ARGUMENT', text)
    }
    if (Symbol.asyncIterator in readable) return
  }
  throw argumentError('readable', 'a readable stream or an async iterable of bytes', readable)
}

/** Begins to read. */
export function toSource(readable: ByteSource): Source {
  return 'getReader' in readable ? ofWebStream(readable) : ofIterable(readable)
}

function ofWebStream(stream: ReadableStream<Uint8Array>): Source {
  const reader = stream.getReader()
  return {
    next: async () => {
      const { done, value } = await reader.read()
      return done ? null : toBytes(value)
    },
    end: async () => {
      await reader.cancel().catch(() => {})
      reader.releaseLock()
    },
  }
}

function ofIterable(iterable: AsyncIterable<Uint8Array>): Source {
  const iterator = iterable[Symbol.asyncIterator]()
  return {
    next: async () => {
      const { done, value } = await iterator.next()
      return done === true ? null : toBytes(value)
    },
    end: async () => {
      // A stream of Node's that is being read would answer return() when it has read.
      if (isDestroyable(iterable)) iterable.destroy()
      try {
        await iterator.return?.()
      } catch {}
    },
  }
}

function isDestroyable(value: object): value is { destroy: () => void } {
  return 'destroy' in value && typeof value.destroy === 'function'
}

/** @throws {PoolError} `ERR_INVALID_ARGUMENT` */
function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  throw argumentError('a chunk of the stream', 'bytes', chunk)
}
