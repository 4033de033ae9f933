import type { MessagePort } from 'node:worker_threads'
import { type PixelBuffer, PixelPool } from '../src/index.js'
import { inFlight, type Means, ringOf } from './couriers.js'
import { fullHd } from './sizes.js'
import { WaitingList } from './waiting-list.js'

/** The producer's end of a courier. `F` is a frame that is free to be written. */
export interface Sender<F> {
  /** Waits while as many are in flight as may be. */
  acquire(): Promise<F>
  pixels(frame: F): Uint8ClampedArray
  send(frame: F): void
}

/** Calls back with the sender: each has frames of a type of its own. */
export function withSender<R>(
  means: Means,
  port: MessagePort,
  use: <F>(sender: Sender<F>) => R,
): R {
  switch (means.courier) {
    case 'structured clone':
      return use(byClone(port))
    case 'transfer':
      return use(byTransfer(port))
    case 'transfer and return':
      return use(byReturn(port))
    case 'SharedArrayBuffer ring':
      return use(byRing(port, ringOf(means.memory)))
    case 'pixelpool':
      return use(byPool(port, PixelPool.attach(means.token)))
  }
}

/** What comes back by message is free again. */
function returning<T extends NonNullable<unknown>>(
  port: MessagePort,
  items: readonly T[],
): WaitingList<T> {
  const list = new WaitingList(items)
  port.on('message', (item: T) => list.release(item))
  return list
}

function frames(): Uint8ClampedArray<ArrayBuffer>[] {
  return Array.from({ length: inFlight }, () => new Uint8ClampedArray(fullHd.bytes))
}

const permits: readonly true[] = new Array<true>(inFlight).fill(true)

/** One frame serves for all: what is on its way are copies. */
function byClone(port: MessagePort): Sender<Uint8ClampedArray> {
  const list = returning(port, permits)
  const frame = new Uint8ClampedArray(fullHd.bytes)
  return {
    async acquire() {
      await list.acquire()
      return frame
    },
    pixels: (pixels) => pixels,
    send: (pixels) => port.postMessage(pixels),
  }
}

/** A new frame each time, left to the garbage collector of the other side. */
function byTransfer(port: MessagePort): Sender<Uint8ClampedArray<ArrayBuffer>> {
  const list = returning(port, permits)
  return {
    async acquire() {
      await list.acquire()
      return new Uint8ClampedArray(fullHd.bytes)
    },
    pixels: (pixels) => pixels,
    send: ({ buffer }) => port.postMessage(buffer, [buffer]),
  }
}

function byReturn(port: MessagePort): Sender<ArrayBuffer> {
  const list = returning(
    port,
    frames().map(({ buffer }) => buffer),
  )
  return {
    acquire: () => list.acquire(),
    pixels: (memory) => new Uint8ClampedArray(memory),
    send: (memory) => port.postMessage(memory, [memory]),
  }
}

function byRing(port: MessagePort, ring: readonly Uint8ClampedArray[]): Sender<number> {
  const list = returning(port, [...ring.keys()])
  return {
    acquire: () => list.acquire(),
    pixels: (slot) => {
      const pixels = ring[slot]
      if (pixels === undefined) throw new RangeError(`no slot ${slot}`)
      return pixels
    },
    send: (slot) => port.postMessage(slot),
  }
}

function byPool(port: MessagePort, pool: PixelPool): Sender<PixelBuffer<'uchar'>> {
  return {
    acquire: () => pool.acquireAsync(),
    pixels: (buffer) => buffer.data,
    send: (buffer) => port.postMessage(buffer.move()),
  }
}
