import { crc32, deflateSync } from 'node:zlib'
import { random } from '../process/children/random.js'

// What is no picture, or not a whole one.

export const empty: Buffer = Buffer.alloc(0)
export const text: Buffer = Buffer.from('Dear reader,\n\nthis is no picture.\n'.repeat(20))
export const garbage: Buffer = noise(4000, 7)
export const svg: Buffer = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">' +
    '<rect x="8" y="4" width="32" height="20" fill="#369"/></svg>',
)

export function truncated(bytes: Buffer, share: number): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length * share))
}

/** With noise in the middle of it. */
export function corrupted(bytes: Buffer, seed = 1): Buffer {
  const middle = Math.floor(bytes.length / 2)
  const noisy = Buffer.from(bytes)
  noise(Math.min(300, middle), seed).copy(noisy, middle)
  return noisy
}

/** A JPEG whose header tells of another size. */
export function resizedJpeg(jpeg: Buffer, width: number, height: number): Buffer {
  const forged = Buffer.from(jpeg)
  const frame = startOfFrame(forged)
  forged.writeUInt16BE(height, frame + 5)
  forged.writeUInt16BE(width, frame + 7)
  return forged
}

/** A PNG of one bit a pixel that has next to no pixels, whatever its header tells. */
export function emptyPng(width: number, height: number): Buffer {
  return toPng(width, height, deflateSync(Buffer.alloc(100)))
}

/** A PNG of one bit a pixel, all of it black, and all of it there. */
export function blackPng(width: number, height: number): Buffer {
  const rowBytes = 1 + Math.ceil(width / 8)
  return toPng(width, height, deflateSync(Buffer.alloc(rowBytes * height), { level: 1 }))
}

function toPng(width: number, height: number, deflated: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1 // bits a pixel, which are grey
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflated), pngChunk('IEND', empty)]
  return Buffer.concat([signature, ...chunks])
}

function pngChunk(name: string, payload: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), payload])
  const bytes = Buffer.alloc(4 + named.length + 4)
  bytes.writeUInt32BE(payload.length)
  named.copy(bytes, 4)
  bytes.writeUInt32BE(crc32(named), bytes.length - 4)
  return bytes
}

/** Where the marker SOF0, SOF1 or SOF2 stands. */
function startOfFrame(jpeg: Buffer): number {
  let at = 2
  while (at < jpeg.length) {
    const marker = jpeg.readUInt16BE(at)
    if (0xffc0 <= marker && marker <= 0xffc2) return at
    at += 2 + jpeg.readUInt16BE(at + 2)
  }
  throw new Error('the JPEG has no frame')
}

function noise(length: number, seed: number): Buffer {
  const roll = random(seed)
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = Math.floor(roll() * 256)
  return bytes
}
