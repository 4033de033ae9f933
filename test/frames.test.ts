import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  frames,
  PixelArena,
  type PixelBuffer,
  PixelPool,
  type PoolErrorCode,
} from '../src/index.js'
import { checkArena } from './equation.js'
import { refusal } from './refusal.js'

const shape = { width: 4, height: 3, channels: 3 } as const // 36 bytes
const frameBytes = 36

function movie(count: number, extra = 0): Uint8Array {
  return Uint8Array.from({ length: count * frameBytes + extra }, (_, i) => (i * 7 + 3) % 251)
}

/** The bytes in pieces of these lengths, then the rest. */
async function* pieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const length of lengths) {
    yield bytes.subarray(at, at + length)
    at += length
  }
  yield bytes.subarray(at)
}

async function collect(
  pulled: AsyncIterable<PixelBuffer>,
  into: number[] = [],
): Promise<Uint8Array> {
  for await (const frame of pulled) {
    into.push(...new Uint8Array(frame.data.buffer, 0, frame.byteLength))
    frame.release()
  }
  return Uint8Array.from(into)
}

test('frames are what the stream had, however it was cut', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  const lengths = fc.array(fc.nat({ max: 100 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 8 }), lengths, async (count, cut) => {
      const bytes = movie(count)
      assert.deepEqual(await collect(frames(pieces(bytes, cut), { pool })), bytes)
      assert.equal(pool.stats().free, 1)
    }),
  )
})

test('frames in an arena are those in a pool, and charged by their own shape', async () => {
  const bytes = movie(40)
  using arena = new PixelArena({ budget: 131_072, hugePages: false })
  assert.deepEqual(await collect(frames(pieces(bytes, [7, 100]), { pool: arena, shape })), bytes)
  const { leased, heldBytes } = checkArena(arena)
  assert.equal(leased, 0)
  assert.ok(36 <= heldBytes && heldBytes <= 65_536)
})

test('a frame waits for memory of an arena, and may be called off', async () => {
  using arena = new PixelArena({ budget: 131_072 })
  const large = { width: 65_536, height: 1, channels: 1 } as const
  const held = [arena.acquire(large), arena.acquire(large)]
  const controller = new AbortController()
  const { signal } = controller
  const called = frames(pieces(movie(1), []), { pool: arena, shape, signal }).next()
  const served = frames(pieces(movie(1), []), { pool: arena, shape }).next()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(arena.stats().waiting, 2)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(called, reason)
  assert.equal(arena.stats().waiting, 1)
  for (const buffer of held) buffer.release()
  const { value } = await served
  assert.deepEqual(new Uint8Array(value?.data ?? []), movie(1))
  value?.release()
  assert.equal(checkArena(arena).leased, 0)
})

test('a file, a socket, a stream of Node and one of the Web are read alike', async () => {
  const bytes = movie(200)
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  const file = join(folder, 'movie.raw')
  writeFileSync(file, bytes)
  const server = createServer((socket) => socket.end(bytes)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const sources = {
    file: createReadStream(file, { highWaterMark: 1000 }),
    socket: connect(address.port, '127.0.0.1'),
    node: Readable.from([bytes.subarray(0, 11), bytes.subarray(11)]),
    web: new Blob([bytes]).stream(),
  }
  for (const [name, source] of Object.entries(sources)) {
    const pool = new PixelPool({ slots: 2, shape })
    assert.deepEqual(await collect(frames(source, { pool })), bytes, name)
    assert.equal(pool.stats().free, 2, name)
  }
  server.close()
  rmSync(folder, { recursive: true })
})

test('a frame may have another shape and depth than the pool', async () => {
  const pool = new PixelPool({ slots: 1, slotBytes: 100 })
  const samples = Float32Array.of(0.5, -1, 2, 3)
  const source = [new Uint8Array(samples.buffer)]
  const own = { width: 2, height: 2, channels: 1, depth: 'float' } as const
  for await (const frame of frames(Readable.from(source), { pool, shape: own })) {
    assert.deepEqual(frame.data, samples)
    frame.release()
  }
})

test('while no slot is free the source is not read', async () => {
  const pool = new PixelPool({ slots: 2, shape })
  let read = 0
  const source = (async function* (): AsyncGenerator<Uint8Array> {
    for (; read < 10; read++) yield movie(1)
  })()
  const pulled = frames(source, { pool })
  const first = await pulled.next()
  const second = await pulled.next() // held, or the wait would find it
  const third = pulled.next()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(read, 2) // the third chunk is in hand, and nothing after it
  assert.equal(pool.stats().waiting, 1)
  first.value?.release()
  assert.equal((await third).value?.data.length, frameBytes)
  second.value?.release()
})

test('a last frame that is not whole is an error after all whole ones, or dropped', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  const seen: number[] = []
  await assert.rejects(
    collect(frames(pieces(movie(3, 5), []), { pool }), seen),
    refusal(
      'ERR_FRAME_TRUNCATED',
      'the stream ended 5 bytes into a frame of 4x3x3 uchar; the source stopped early, or sends ' +
        'another shape',
    ),
  )
  assert.deepEqual(Uint8Array.from(seen), movie(3))
  assert.equal(pool.stats().free, 1)
  const dropped = await collect(frames(pieces(movie(3, 5), []), { pool, truncated: 'drop' }))
  assert.deepEqual(dropped, movie(3))
  assert.equal(pool.stats().free, 1)
})

test('leaving the loop stops the source, and the frame in hand is the consumer’s', async () => {
  const pool = new PixelPool({ slots: 3, shape })
  const source = new PassThrough()
  source.write(movie(2, 10))
  for await (const frame of frames(source, { pool })) {
    assert.equal(pool.stats().leased, 1)
    frame.release()
    break
  }
  assert.equal(source.destroyed, true)
  assert.equal(pool.stats().free, 3)
})

test('what was never pulled from is not touched', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  const node = new PassThrough()
  const web = new TransformStream().readable
  for (const source of [node, web]) await frames(source, { pool }).return()
  assert.equal(node.destroyed, false)
  assert.equal(web.locked, false)
})

test('leaving the loop waits for the end of the source, of whatever kind', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  let ended = 0
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield movie(1)
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 5))
      ended++
    }
  }
  const byHand = {
    [Symbol.asyncIterator]: () => byHand,
    next: () => ({ done: false, value: movie(1) }),
    return: () => {
      ended++
      return { done: true, value: undefined }
    },
  }
  for (const source of [slow(), byHand]) {
    for await (const frame of Reflect.apply(frames, null, [source, { pool }])) {
      frame.release()
      break
    }
  }
  assert.equal(ended, 2)
})

test('an abort ends a pull that waits for bytes, and one that waits for a slot', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  const reason = new Error('enough')
  for (const source of [new PassThrough(), new TransformStream().readable]) {
    const controller = new AbortController()
    const pull = frames(source, { pool, signal: controller.signal }).next()
    setTimeout(() => controller.abort(reason), 5)
    await assert.rejects(pull, reason)
    assert.equal(pool.stats().free, 1)
  }
  const held = pool.acquire()
  const controller = new AbortController()
  const source = Readable.from([movie(1)])
  const pull = frames(source, { pool, signal: controller.signal }).next()
  setTimeout(() => controller.abort(reason), 5)
  await assert.rejects(pull, reason)
  assert.equal(source.destroyed, true)
  assert.equal(pool.stats().waiting, 0)
  held.release()
  assert.equal(pool.stats().free, 1)
})

test('an error of the stream is told, and the frame that was begun is given back', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  const broken = new Error('the camera fell down')
  const node = new PassThrough()
  node.write(movie(1, 7))
  const web = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(movie(1, 7))
    },
    pull(controller) {
      controller.error(broken)
    },
  })
  for (const source of [node, web]) {
    const pulled = frames(source, { pool })
    const { value } = await pulled.next()
    value?.release()
    if (source === node) node.destroy(broken)
    await assert.rejects(pulled.next(), broken)
    assert.equal(pool.stats().free, 1)
  }
})

test('a closed pool ends the frames', async () => {
  const pool = new PixelPool({ slots: 1, shape })
  const pulled = frames(pieces(movie(4), []), { pool })
  const { value } = await pulled.next()
  const next = pulled.next()
  await new Promise((resolve) => setImmediate(resolve))
  pool.close()
  await assert.rejects(next, { code: 'ERR_POOL_CLOSED' })
  value?.release()
  assert.equal(pool.stats().free, 1)
})

test('what cannot be cut into frames is refused at once, or at its chunk', async () => {
  const pool = new PixelPool({ slots: 1, slotBytes: 100 })
  const source = pieces(movie(1), [])
  const refuse = (readable: unknown, options: unknown, code: PoolErrorCode, text: string): void => {
    assert.throws(() => Reflect.apply(frames, null, [readable, options]), refusal(code, text))
  }
  const invalid = 'ERR_INVALID_ARGUMENT' as const
  refuse(source, null, invalid, 'options must be an object with a pool, got null')
  refuse(source, {}, invalid, 'pool must be a PixelPool or a PixelArena, got undefined')
  refuse(
    source,
    { pool },
    invalid,
    'shape must be given, since this pool was made with slotBytes, got undefined',
  )
  using arena = new PixelArena({ budget: 65_536 })
  refuse(source, { pool: arena }, invalid, 'shape must be given to an arena, got undefined')
  refuse(
    source,
    { pool: arena, shape: { width: 65_537, height: 1, channels: 1 } },
    'ERR_SHAPE_TOO_LARGE',
    '65537x1x1 uchar needs 65537 bytes, the largest slot of the arena has 65536; ' +
      'make an arena with a larger budget',
  )
  refuse(
    source,
    { pool, shape, truncated: 'keep' },
    invalid,
    "truncated must be 'throw' or 'drop', got 'keep'",
  )
  refuse(source, { pool, shape, signal: 1 }, invalid, 'signal must be an AbortSignal, got 1')
  const noStream = 'readable must be a readable stream or an async iterable of bytes, got'
  refuse([1], { pool, shape }, invalid, `${noStream} an array`)
  refuse('movie.raw', { pool, shape }, invalid, `${noStream} 'movie.raw'`)
  const locked = new TransformStream().readable
  locked.getReader()
  refuse(locked, { pool, shape }, invalid, 'readable must be a stream that nobody else reads')
  assert.throws(() => frames(source, { pool, shape: { width: 100, height: 1 } }), {
    code: 'ERR_SHAPE_TOO_LARGE',
  })
  const texts = frames(Reflect.apply(Readable.from, Readable, [['text']]), { pool, shape })
  await assert.rejects(
    texts.next(),
    refusal(invalid, "a chunk of the stream must be bytes, got 'text'"),
  )
  assert.equal(pool.stats().free, 1)
})
