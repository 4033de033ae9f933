import { setTimeout as pause } from 'node:timers/promises'
import type { BufferToken, PixelBuffer } from '../../src/index.js'
import { encode } from '../../src/sharp/index.js'
import type { Board } from './board.js'
import { check, type Mark } from './mark.js'

/** A buffer on its way to another thread. */
export interface Parcel {
  readonly token: BufferToken
  readonly mark: Mark
}

/** A buffer, and what must be in it as long as it is held. */
export interface Held {
  readonly buffer: PixelBuffer
  readonly mark: Mark
}

export interface Surroundings {
  readonly board: Board
  readonly roll: () => number
  readonly send: (parcel: Parcel) => void
}

const keptBytesMax = 4_000_000
const pinnedBytesMax = 4_000_000
const expiresMs = 3000
const holdMs = { least: 4, most: 1500 } as const

/**
 * Holds a buffer for a while, finds it as it was, and ends the tenancy in one of the ways there are:
 * it is released, by its second buffer or while it is pinned, moved, or forgotten.
 */
export async function tend(
  { buffer, mark }: Held,
  { board, roll, send }: Surroundings,
): Promise<void> {
  await pause(holdMs.least * (holdMs.most / holdMs.least) ** roll())
  if (buffer.byteLength <= keptBytesMax && roll() < 0.003) await keep(board)
  if (buffer.scratch) board.count('inScratch')
  check(buffer.data, mark, roll)
  const way = roll()
  if (way < 0.06) {
    send({ token: buffer.move({ expires: expiresMs * roll() }), mark })
    board.count('moved')
  } else if (way < 0.12) {
    await retain({ buffer, mark }, roll)
    board.count('retained')
  } else if (way < 0.2 && canBeRead(buffer)) {
    await pin({ buffer, mark }, roll)
    board.count('pinned')
  } else if (way < 0.205) {
    board.count('forgotten')
  } else {
    buffer.release()
  }
}

/** Until the next burst has begun. */
async function keep(board: Board): Promise<void> {
  const { burst } = board
  while (board.burst === burst && board.phase !== 'end') await pause(100)
}

/** The second buffer has the same pixels, also when the first one is gone. */
async function retain({ buffer, mark }: Held, roll: () => number): Promise<void> {
  const second = buffer.retain()
  if (roll() < 0.5) buffer.release()
  await pause(20 * roll())
  check(second.data, mark, roll)
  if (!buffer.released) buffer.release()
  second.release()
}

/** sharp reads on when the buffer is released. */
async function pin({ buffer, mark }: Held, roll: () => number): Promise<void> {
  const reading = encode(buffer, (image) => image.raw())
  if (roll() < 0.5) buffer.release()
  check(await reading, mark, roll)
  if (!buffer.released) buffer.release()
}

function canBeRead({ byteLength, channels, depth }: PixelBuffer): boolean {
  return byteLength <= pinnedBytesMax && channels >= 3 && depth === 'uchar'
}
