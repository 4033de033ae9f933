import type { Worker } from 'node:worker_threads'
import { type BufferToken, PixelPool } from '../src/index.js'
import { type CourierName, inFlight, type Means, ringOf } from './couriers.js'
import { fullHd } from './sizes.js'

/** Looks at a frame that has arrived. */
export type Read = (pixels: Uint8ClampedArray) => void

/** The consumer's end of a courier. */
export interface Receiver {
  readonly means: Means
  /** Reads each frame that the producer sends, and gives it back for the next one. */
  listen(producer: Worker, read: Read): void
}

export function makeReceiver(courier: CourierName): Receiver {
  switch (courier) {
    case 'structured clone':
      return {
        means: { courier },
        listen(producer, read) {
          producer.on('message', (pixels: Uint8ClampedArray) => {
            read(pixels)
            producer.postMessage(true)
          })
        },
      }
    case 'transfer':
      return {
        means: { courier },
        listen(producer, read) {
          producer.on('message', (memory: ArrayBuffer) => {
            read(new Uint8ClampedArray(memory))
            producer.postMessage(true)
          })
        },
      }
    case 'transfer and return':
      return {
        means: { courier },
        listen(producer, read) {
          producer.on('message', (memory: ArrayBuffer) => {
            read(new Uint8ClampedArray(memory))
            producer.postMessage(memory, [memory])
          })
        },
      }
    case 'SharedArrayBuffer ring':
      return overRing(new SharedArrayBuffer(fullHd.bytes * inFlight))
    case 'pixelpool':
      return overPool(new PixelPool({ slots: inFlight, shape: fullHd }))
  }
}

function overRing(memory: SharedArrayBuffer): Receiver {
  const ring = ringOf(memory)
  return {
    means: { courier: 'SharedArrayBuffer ring', memory },
    listen(producer, read) {
      producer.on('message', (slot: number) => {
        const pixels = ring[slot]
        if (pixels === undefined) throw new RangeError(`no slot ${slot}`)
        read(pixels)
        producer.postMessage(slot)
      })
    },
  }
}

function overPool(pool: PixelPool): Receiver {
  return {
    means: { courier: 'pixelpool', token: pool.share() },
    listen(producer, read) {
      producer.on('message', (token: BufferToken<'uchar'>) => {
        const buffer = pool.adopt(token)
        read(buffer.data)
        buffer.release()
      })
    },
  }
}
