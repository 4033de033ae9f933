// A user's program: never run, only compiled, by each TypeScript that is supported.
import {
  type Advice,
  type ArenaOptions,
  type ArenaStats,
  type ArenaToken,
  type BufferToken,
  type ByteCount,
  type Clock,
  type Depth,
  type IdleOptions,
  type MoveOptions,
  PixelArena,
  PixelBuffer,
  PixelPool,
  PoolError,
  type PoolErrorCode,
  type PoolOptions,
  type PoolStats,
  type PoolToken,
  type Raw,
  type ScratchOptions,
  type Shape,
  type WaitOptions,
} from 'pixelpool'
import {
  type Codec,
  codec,
  type DecodeOptions,
  decode,
  encode,
  type ImageOptions,
  type Metadata,
  metadata,
  strips,
} from 'pixelpool/sharp'
import sharp, { type OutputInfo } from 'sharp'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles when the value's type is exactly the one that is named. */
function is<Expected>(): <Given>(value: Given, same: Same<Given, Expected>) => void {
  return () => {}
}

export async function infer(wait: WaitOptions, options: DecodeOptions): Promise<void> {
  const pool = new PixelPool({ slots: 2, shape: { width: 4, height: 4 } })
  is<PixelPool<'uchar'>>()(pool, true)
  is<PixelBuffer<'uchar'>>()(pool.acquire(), true)
  is<Uint8ClampedArray<ArrayBuffer>>()(pool.acquire().data, true)

  const floats = new PixelPool({ slots: 2, shape: { width: 4, height: 4, depth: 'float' } })
  is<PixelPool<'float'>>()(floats, true)
  is<Float32Array<ArrayBuffer>>()(floats.acquire().data, true)
  is<PixelBuffer<'float'> | null>()(floats.tryAcquire(), true)
  is<Float32Array<ArrayBuffer>>()((await floats.acquireAsync()).data, true)
  is<Float32Array<ArrayBuffer>>()((await floats.acquireAsync(undefined, wait)).data, true)
  is<number>()(await floats.use((buffer) => buffer.data.length), true)
  await floats.use((buffer) => is<Float32Array<ArrayBuffer>>()(buffer.data, true))
  is<Float32Array<ArrayBuffer>>()(floats.acquire().retain().data, true)
  await floats.acquire().pin((data) => is<Float32Array<ArrayBuffer>>()(data, true))

  const token: PoolToken<'float'> = floats.share()
  is<PoolToken<'uchar'>>()(pool.share(), true)
  is<PixelPool<'float'>>()(PixelPool.attach(token), true)
  is<PixelPool>()(PixelPool.attach(pool.share()), true)
  const move: MoveOptions = { expires: 5 }
  is<BufferToken<'float'>>()(floats.acquire().move(move), true)
  is<PixelBuffer<'float'>>()(pool.adopt(floats.acquire().move()), true)
  is<Uint8ClampedArray<ArrayBuffer>>()(floats.adopt(pool.acquire().move()).data, true)
  const anyToken: BufferToken = pool.acquire().move()
  is<PixelBuffer<Depth>>()(pool.adopt(anyToken), true)
  is<Shape>()(anyToken.shape, true)

  const any = new PixelPool({ slots: 2, slotBytes: 4096 })
  is<Shape<'uchar'> | null>()(any.share().shape, true)
  const shape = { width: 2, height: 2 }
  is<Uint8ClampedArray<ArrayBuffer>>()(any.acquire(shape).data, true)
  is<Int8Array<ArrayBuffer>>()(any.acquire({ ...shape, depth: 'char' }).data, true)
  is<Uint16Array<ArrayBuffer>>()(any.acquire({ ...shape, depth: 'ushort' }).data, true)
  is<Int16Array<ArrayBuffer>>()(any.acquire({ ...shape, depth: 'short' }).data, true)
  is<Uint32Array<ArrayBuffer>>()(any.acquire({ ...shape, depth: 'uint' }).data, true)
  is<Int32Array<ArrayBuffer>>()(any.acquire({ ...shape, depth: 'int' }).data, true)
  is<Float64Array<ArrayBuffer>>()(any.acquire({ ...shape, depth: 'double' }).data, true)
  is<Uint8ClampedArray<ArrayBuffer>>()((await any.acquireAsync(shape)).data, true)
  await any.use({ ...shape, depth: 'int' }, async (buffer) => {
    is<Int32Array<ArrayBuffer>>()(buffer.data, true)
  })

  const buffer: PixelBuffer<Depth> = pool.acquire()
  const raw: Raw = buffer.raw
  const described: Shape = buffer.shape
  const output: Buffer = await sharp(pool.acquire().data, { raw }).webp().toBuffer()
  is<number>()(described.width * raw.height * buffer.byteLength * output.length, true)
  is<PixelBuffer>()(await decode('a.jpg', { ...options, pool }), true)
  is<PixelBuffer>()(await decode('a.jpg', { pool: new PixelArena() }), true)
  is<Buffer>()(await encode(buffer, (image) => image.webp()), true)
  is<OutputInfo>()(await encode(buffer, (image) => image.toFile('a.webp')), true)

  is<Buffer>()(await encode(buffer, async (image) => image.webp()), true)

  const image: ImageOptions = { width: 64, fit: 'fill', channels: 4, failOn: 'none', pages: -1 }
  const told: Metadata = await metadata(new Uint8Array(8), image)
  is<Shape>()(told.shape, true)
  for await (const strip of strips('a.jpg', { pool, rows: 16, autoOrient: true })) {
    is<number>()(strip.top + strip.height, true)
    strip.release()
  }
  const found: Codec = codec()
  is<string | null>()(found.reason, true)

  const stats: PoolStats = pool.stats()
  is<number>()(stats.free + stats.leased + stats.pinned + stats.quarantined - stats.slots, true)
  is<number>()(pool.trim(), true)
  buffer[Symbol.dispose]()
  pool[Symbol.dispose]()
}

export async function inferOfArenas(clock: Clock, wait: WaitOptions): Promise<void> {
  const idle: IdleOptions = { after: 5000, keep: 1, clock }
  const disk: ScratchOptions = { directory: '/mnt/scratch', limit: '10GB' }
  const memory = { directory: '/dev/shm', limit: 1e9, fileSystem: 'tmpfs' } as const
  const options: ArenaOptions = { budget: '512MB', scratch: [disk, memory], idle, clear: 'release' }
  using arena = new PixelArena(options)
  const shape = { width: 4, height: 4 }
  is<PixelBuffer<'uchar'>>()(arena.acquire(shape), true)
  is<PixelBuffer<'float'> | null>()(arena.tryAcquire({ ...shape, depth: 'float' }), true)
  is<Uint8ClampedArray<ArrayBuffer>>()((await arena.acquireAsync(shape, wait)).data, true)
  is<number>()(await arena.use(shape, (buffer) => buffer.data.length), true)
  is<boolean>()(arena.acquire(shape).scratch, true)
  const stats: ArenaStats = arena.stats()
  is<number>()(stats.leasedBytes + stats.wastedBytes + stats.idleBytes - stats.heldBytes, true)
  is<number>()(stats.budgetBytes - arena.budget + stats.scratchBytes + stats.trimmingMs, true)
  const advice: Advice = arena.advise()
  const sizes = advice.classes.map((each) => each.slotBytes * each.slots + each.acquires)
  is<number[]>()([advice.budget, advice.savedBytes, ...sizes], true)
  const token: ArenaToken = arena.share()
  is<PixelArena>()(PixelArena.attach(token), true)
  is<PixelBuffer<'uchar'>>()(arena.adopt(arena.acquire(shape).move()), true)
  const counts: ByteCount[] = [1, '1KB', '1.5MiB', '2GB']
  is<PixelArena>()(new PixelArena({ budget: counts[0], idle: false }), true)
  is<PixelPool>()(new PixelPool({ slots: 1, shape, idle: { after: 100 } }), true)
}

export function misuseOfArenas(arena: PixelArena, pool: PixelPool): void {
  // @ts-expect-error it has no unit
  new PixelArena({ budget: '512' })
  // @ts-expect-error a directory has a limit
  new PixelArena({ scratch: [{ directory: '/tmp' }] })
  // @ts-expect-error only a tmpfs is asked for by name
  new PixelArena({ scratch: [{ directory: '/tmp', limit: 1, fileSystem: 'ext4' }] })
  // @ts-expect-error an arena revokes always
  new PixelArena({ revoke: false })
  // @ts-expect-error it is false or an object
  new PixelArena({ idle: true })
  // @ts-expect-error a pool's token is no arena's
  PixelArena.attach(pool.share())
  // @ts-expect-error an arena's token is no pool's
  PixelPool.attach(arena.share())
  // @ts-expect-error an arena's slots are not alike
  arena.stats().slotBytes
}

export function tell(error: unknown): PoolErrorCode | null {
  return error instanceof PoolError ? error.code : null
}

export function misuse(pool: PixelPool<'float'>, error: PoolError): void {
  const shape = { width: 4, height: 4 } as const
  // @ts-expect-error there is no such depth
  pool.acquire({ ...shape, depth: 'half' })
  // @ts-expect-error a pixel has at most four samples
  pool.acquire({ ...shape, channels: 5 })
  // @ts-expect-error a shape has a height
  pool.acquire({ width: 4 })
  // @ts-expect-error a slot's size is given once
  new PixelPool({ slots: 1, shape, slotBytes: 64 })
  // @ts-expect-error a slot has a size
  new PixelPool({ slots: 1 })
  // @ts-expect-error a pool has slots
  new PixelPool({ shape })
  // @ts-expect-error it is a word, not a flag
  new PixelPool({ slots: 1, shape, clear: true })
  // @ts-expect-error the pool's own shape is of floats
  const bytes: Uint8ClampedArray = pool.acquire().data
  // @ts-expect-error the list of codes is closed
  error.code === 'ERR_OTHER'
  // @ts-expect-error a buffer's pixels cannot be replaced
  pool.acquire().data = bytes
  // @ts-expect-error null when there is none
  pool.tryAcquire().release()
  // @ts-expect-error options are read once
  const options: PoolOptions = { slots: 1, slotBytes: '64' }
  // @ts-expect-error a buffer is made by its pool
  new PixelBuffer()
  // @ts-expect-error the pipeline is a function
  encode(pool.acquire(), sharp())
  // @ts-expect-error there is no pixel memory without a pool
  decode('a.jpg', {})
  // @ts-expect-error strips are of one page
  strips('a.gif', { pool, rows: 16, pages: -1 })
  // @ts-expect-error a pool's token is no buffer's
  pool.adopt(pool.share())
  // @ts-expect-error a buffer's token is no pool's
  PixelPool.attach(pool.acquire().move())
  // @ts-expect-error a key alone is no token
  PixelPool.attach(pool.share().key)
  // @ts-expect-error milliseconds are a number
  pool.acquire().move({ expires: '30s' })
  // @ts-expect-error the moved pixels are floats
  const adopted: PixelBuffer<'uchar'> = pool.adopt(pool.acquire().move())
  adopted.release()
  new PixelPool(options)
}
