import { PoolError, type PoolErrorCode } from '../errors.js'
import type { NativeReport } from '../native-codec.js'
import type { Codec } from './codec.js'

/** The error for a job that gave no picture. libvips' own words are in it. */
export function toError({ outcome, message }: NativeReport): PoolError {
  const [code, text] = failures[outcome]
  const because = message === '' ? '' : ` (${message})`
  return new PoolError(code, `${text}${because}`)
}

/** The error for a runtime without a libvips that could be used. */
export function noCodec({ reason }: Codec): PoolError {
  const text = `images cannot be decoded directly here: ${reason}; leave the path to 'auto'`
  return new PoolError('ERR_UNSUPPORTED_RUNTIME', text)
}

/** The error for a file that is not there, or is not to be read. */
export function fromFileSystem(error: unknown): PoolError {
  return new PoolError('ERR_IMAGE_UNREADABLE', `${unreadable} (${firstLine(error)})`, {
    cause: error,
  })
}

/** The error for what sharp rejects with when it was given a file or bytes and nothing else. */
export function fromSharp(error: unknown): PoolError {
  const line = firstLine(error)
  const options = { cause: error }
  if (/unsupported image format|not supported/i.test(line)) {
    return new PoolError('ERR_UNSUPPORTED_IMAGE', `${unsupported} (${line})`, options)
  }
  if (/exceeds pixel limit/i.test(line)) {
    return new PoolError('ERR_IMAGE_TOO_LARGE', tooLarge, options)
  }
  if (/page number|contain page/i.test(line)) {
    return new PoolError('ERR_INVALID_ARGUMENT', `${noSuchPage} (${line})`, options)
  }
  return new PoolError('ERR_IMAGE_CORRUPT', `${corrupt} (${line})`, options)
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? message
}

const unreadable = 'the image could not be read; give the path of a regular file that may be read'
const unsupported = 'the image is of no format that is read here; convert it to another one'
const corrupt = 'the image is broken; get another copy, or allow for it with failOn'
const tooLarge =
  'the image, or what it is to become, has more pixels than limitInputPixels or libvips allow; raise the limit if you trust the source, or ask for less'
const cannotTurn =
  'the picture lies on its side, which strips cannot turn; use decode(), or autoOrient: false'
const noSuchPage = 'page and pages must be within those of the image; ask metadata() for its pages'

/** Seen after a job: why no other is begun. */
export const displaced = 'libvips wrote somewhere else than into the slot'

const ours = 'the codec has no picture and no reason; report it'

const failures: Readonly<Record<NativeReport['outcome'], readonly [PoolErrorCode, string]>> = {
  unreadable: ['ERR_IMAGE_UNREADABLE', unreadable],
  unsupported: ['ERR_UNSUPPORTED_IMAGE', unsupported],
  corrupt: ['ERR_IMAGE_CORRUPT', corrupt],
  'too large': ['ERR_IMAGE_TOO_LARGE', tooLarge],
  'cannot turn': ['ERR_UNSUPPORTED_IMAGE', cannotTurn],
  'no such page': ['ERR_INVALID_ARGUMENT', noSuchPage],
  displaced: ['ERR_UNSUPPORTED_RUNTIME', `${displaced}; leave the path to 'auto'`],
  // Who gets here has missed them: they are no failures of an image.
  ok: ['ERR_UNSUPPORTED_IMAGE', ours],
  'does not fit': ['ERR_SHAPE_TOO_LARGE', ours],
  cancelled: ['ERR_UNSUPPORTED_IMAGE', ours],
}
