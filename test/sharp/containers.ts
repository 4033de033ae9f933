// Files that sharp does not write, or not in every version: several pages, 16 bits, small frames.

/** A page of an uncompressed TIFF: its samples are 8 or 16 bits, the latter low byte first. */
export interface TiffPage {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  readonly bits: 8 | 16
  readonly pixels: Buffer
  readonly rowsPerStrip: number
}

/** A frame of an animation, somewhere on its canvas. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A frame of a GIF: one byte a pixel, into a table of 256 colours. Index 0 is transparent. */
export interface GifFrame extends Frame {
  readonly indices: Buffer
}

/** A frame of an animated WebP: a still WebP. */
export interface WebpFrame extends Frame {
  readonly webp: Buffer
}

export interface Canvas {
  readonly width: number
  readonly height: number
}

const short = 3
const long = 4

export function toTiff(pages: readonly TiffPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0'), u32(0)]
  let length = 8
  const add = (part: Buffer): number => {
    const start = length
    parts.push(part)
    length += part.length
    return start
  }
  let link = 1 // the part that tells where the next directory starts
  for (const page of pages) {
    const { width, height, channels, bits, rowsPerStrip, pixels } = page
    const stripBytes = (rowsPerStrip * width * channels * bits) / 8
    const starts: number[] = []
    const sizes: number[] = []
    for (let at = 0; at < pixels.length; at += stripBytes) {
      const strip = pixels.subarray(at, at + stripBytes)
      starts.push(add(strip))
      sizes.push(strip.length)
    }
    const entry = (tag: number, type: number, values: readonly number[]): Buffer => {
      const bytes = Buffer.concat(values.map(type === short ? u16 : u32))
      const told = bytes.length <= 4 ? Buffer.concat([bytes], 4) : u32(add(bytes))
      return Buffer.concat([u16(tag), u16(type), u32(values.length), told])
    }
    const entries = [
      entry(256, long, [width]),
      entry(257, long, [height]),
      entry(258, short, Array<number>(channels).fill(bits)),
      entry(259, short, [1]), // no compression
      entry(262, short, [channels === 1 ? 1 : 2]), // black is zero, or RGB
      entry(273, long, starts),
      entry(277, short, [channels]),
      entry(278, long, [rowsPerStrip]),
      entry(279, long, sizes),
      entry(284, short, [1]), // samples of a pixel stand together
      ...(channels === 4 ? [entry(338, short, [2])] : []), // the fourth is alpha, not multiplied
    ]
    parts[link] = u32(length)
    add(Buffer.concat([u16(entries.length), ...entries]))
    link = parts.length
    add(u32(0))
  }
  return Buffer.concat(parts)
}

export function toGif(canvas: Canvas, colours: Buffer, frames: readonly GifFrame[]): Buffer {
  const loop = Buffer.from('21ff0b4e45545343415045322e300301000000', 'hex')
  const parts = [
    Buffer.from('GIF89a'),
    u16(canvas.width),
    u16(canvas.height),
    Buffer.from([0xf7, 0, 0]), // 256 colours for all frames
    colours,
    loop,
  ]
  for (const [i, { left, top, width, height, indices }] of frames.entries()) {
    const disposal = (i % 3) + 1 // leave it, clear it, put back what was there
    parts.push(
      Buffer.from([0x21, 0xf9, 4, (disposal << 2) | 1, 10 + i, 0, 0, 0]),
      Buffer.from([0x2c]),
      ...[left, top, width, height].map(u16),
      Buffer.from([0, 8]),
      ...toBlocks(toCodes(indices)),
      Buffer.from([0]),
    )
  }
  return Buffer.concat([...parts, Buffer.from([0x3b])])
}

/** LZW of 9 bits a code that never learns: the table is cleared before the codes would grow. */
function toCodes(indices: Buffer): Buffer {
  const [clear, end] = [256, 257]
  const codes: number[] = []
  for (const [i, index] of indices.entries()) {
    if (i % 250 === 0) codes.push(clear)
    codes.push(index)
  }
  codes.push(end)
  const bytes = Buffer.alloc(Math.ceil((codes.length * 9) / 8))
  for (const [i, code] of codes.entries()) {
    const bit = i * 9
    const at = bit >> 3
    const shifted = code << (bit & 7)
    bytes[at] = (bytes[at] ?? 0) | (shifted & 0xff)
    bytes[at + 1] = (bytes[at + 1] ?? 0) | (shifted >> 8)
  }
  return bytes
}

function toBlocks(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255)
    blocks.push(Buffer.from([block.length]), block)
  }
  return blocks
}

export function toWebp(canvas: Canvas, frames: readonly WebpFrame[]): Buffer {
  const flags = Buffer.from([0x12, 0, 0, 0]) // alpha, animation
  const size = [u24(canvas.width - 1), u24(canvas.height - 1)]
  const chunks = [
    chunk('VP8X', Buffer.concat([flags, ...size])),
    chunk('ANIM', Buffer.from([0, 0, 0, 0, 0, 0])),
    ...frames.map(({ left, top, width, height, webp }, i) => {
      const blending = Buffer.from([i % 4]) // dispose and blend, in all four ways
      const numbers = [left / 2, top / 2, width - 1, height - 1, 40 + i]
      return chunk('ANMF', Buffer.concat([...numbers.map(u24), blending, pixelChunks(webp)]))
    }),
  ]
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]))
}

/** The chunks of a still WebP that hold pixels. */
function pixelChunks(webp: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 12; at < webp.length; ) {
    const name = webp.toString('latin1', at, at + 4)
    const length = webp.readUInt32LE(at + 4)
    const next = at + 8 + length + (length % 2)
    if (['ALPH', 'VP8 ', 'VP8L'].includes(name)) chunks.push(webp.subarray(at, next))
    at = next
  }
  return Buffer.concat(chunks)
}

function chunk(name: string, payload: Buffer): Buffer {
  const padding = Buffer.alloc(payload.length % 2)
  return Buffer.concat([Buffer.from(name), u32(payload.length), payload, padding])
}

function u16(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8])
}

function u24(value: number): Buffer {
  return Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
