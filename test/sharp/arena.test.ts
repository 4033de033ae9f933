import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { PixelArena, type PixelBuffer, PixelPool } from '../../src/index.js'
import { decode, encode, type Strip, strips } from '../../src/sharp/index.js'
import { checkArena, checkEquation } from '../equation.js'
import { until } from '../process/children/deadline.js'
import { refusal } from '../refusal.js'
import { scratchDirectory } from '../scratch-directory.js'
import { truncated } from './damage.js'
import { baselineJpeg, largeJpeg, pictures, rgbaPng, rgbPng } from './pictures.js'
import { difference, ours, sharps } from './reference.js'

const paths = ['direct', 'copy'] as const
const smallestBytes = 65_536 // of an arena's slots
const page = 4096 // bytes
const pageSkip = process.arch === 'x64' ? false : 'pages may be larger here'
const reason = new Error('enough')
const baselineBytes = 203 * 141 * 3

for (const path of paths) {
  describe(`into an arena, by the ${path} path`, () => {
    for (const wait of [false, true]) {
      test(`${wait ? 'after a wait' : 'at once'}, every picture is what it is in a pool`, async () => {
        using arena = new PixelArena({ budget: 1_000_000 })
        using pool = new PixelPool({ slots: 1, slotBytes: 1_000_000 })
        const requests = [{}, { width: 60 }, { autoOrient: true }, { pages: 2 }]
        for (const picture of pictures) {
          const bytes = await picture.bytes()
          for (const request of requests) {
            const inArena = await ours(bytes, { ...request, pool: arena, path, wait })
            const inPool = await ours(bytes, { ...request, pool, path, wait })
            assert.equal(difference(inArena, inPool), null, picture.name)
            assert.equal(inArena.kind, inPool.kind, picture.name)
          }
        }
        assert.equal(checkArena(arena).leased, 0)
        assert.equal(checkEquation(pool).free, 1)
      })
    }

    test('a picture is charged by its shape, and by 64 KiB at the least', {
      skip: pageSkip,
    }, async () => {
      using arena = new PixelArena({ budget: 1_000_000 })
      const bytes = await baselineJpeg.bytes()
      const small = await decode(bytes, { pool: arena, path, width: 20 })
      assert.equal(chargeOf(arena), smallestBytes)
      small.release()
      const whole = await decode(bytes, { pool: arena, path })
      assert.equal(whole.byteLength, baselineBytes)
      assert.equal(chargeOf(arena), Math.ceil(baselineBytes / page) * page)
      whole.release()
      assert.equal(chargeOf(arena), 0)
    })

    test('one that is larger than the largest slot is refused, and nothing is lost', async () => {
      using arena = new PixelArena({ budget: 1_000_000 })
      const text =
        '2000x1500x3 uchar needs 9000000 bytes, the largest slot of the arena has 983040; ' +
        'make an arena with a larger budget'
      for (const wait of [false, true]) {
        await assert.rejects(
          decode(await largeJpeg.bytes(), { pool: arena, path, wait }),
          refusal('ERR_SHAPE_TOO_LARGE', text),
        )
      }
      assert.equal(checkArena(arena).leased, 0)
      await decodesAsEver(arena)
    })

    test('an arena that is spent refuses, before anything is read and after', async () => {
      using arena = new PixelArena({ budget: 8 * smallestBytes })
      const bytes = await baselineJpeg.bytes()
      const held = fill(arena)
      await assert.rejects(
        decode(bytes, { pool: arena, path }),
        refusal(
          'ERR_POOL_EXHAUSTED',
          /^the budget of 524288 bytes is spent: 524288 are in use \(8 leased, 0 pinned, 0 quarantined\); release one first/,
        ),
      )
      assert.equal(checkArena(arena).leased, 8)
      held.pop()?.release() // room for the place that is taken first, and not for the picture
      await assert.rejects(decode(bytes, { pool: arena, path }), { code: 'ERR_POOL_EXHAUSTED' })
      assert.equal(checkArena(arena).leased, 7)
      const small = await decode(bytes, { pool: arena, path, width: 50 })
      for (const buffer of [...held, small]) buffer.release()
      await decodesAsEver(arena)
    })

    test('a closed arena refuses, also who waits for a slot of the right size', async () => {
      const arena = new PixelArena({ budget: 8 * smallestBytes })
      const bytes = await baselineJpeg.bytes()
      const held = fill(arena)
      held.pop()?.release()
      const waiting = decode(bytes, { pool: arena, path, wait: true })
      await until('it waits', () => arena.stats().waiting === 1)
      arena.close()
      await assert.rejects(waiting, { code: 'ERR_POOL_CLOSED' })
      await assert.rejects(decode(bytes, { pool: arena, path }), { code: 'ERR_POOL_CLOSED' })
      for (const buffer of held) buffer.release()
      assert.equal(checkArena(arena).leased, 0)
      assert.equal(arena.stats().heldBytes, 0)
    })

    for (const room of [0, 1]) {
      const what = room === 0 ? 'its first slot' : 'one of the right size'
      test(`who waits for ${what} may be called off`, async () => {
        using arena = new PixelArena({ budget: 8 * smallestBytes })
        const bytes = await baselineJpeg.bytes()
        const held = fill(arena)
        if (room === 1) held.pop()?.release()
        const controller = new AbortController()
        const options = { pool: arena, path, wait: true, signal: controller.signal }
        const decoding = decode(bytes, options)
        await until('it waits', () => arena.stats().waiting === 1)
        assert.equal(checkArena(arena).leased, 8 - room)
        controller.abort(reason)
        await assert.rejects(decoding, reason)
        assert.equal(arena.stats().waiting, 0)
        assert.equal(checkArena(arena).leased, 8 - room)
        for (const buffer of held) buffer.release()
        await decodesAsEver(arena)
      })

      test(`called off in the moment in which ${what} comes, it loses none`, async () => {
        const bytes = await baselineJpeg.bytes()
        for (let turns = 0; turns < 12; turns++) {
          using arena = new PixelArena({ budget: 8 * smallestBytes })
          const held = fill(arena)
          if (room === 1) held.pop()?.release()
          const controller = new AbortController()
          const options = { pool: arena, path, wait: true, signal: controller.signal }
          const decoding = decode(bytes, options)
          await until('it waits', () => arena.stats().waiting === 1)
          for (const buffer of held) buffer.release()
          for (let i = 0; i < turns; i++) await null
          controller.abort(reason)
          await decoding.then(
            (buffer) => buffer.release(),
            (error) => assert.equal(error, reason),
          )
          await until('all slots are free', () => checkArena(arena).free === arena.stats().slots)
          assert.equal(arena.stats().waiting, 0)
        }
      })
    }

    test('an abort at any time gives the picture or its reason, and no slot is lost', async () => {
      using arena = new PixelArena({ budget: 16_000_000 })
      const bytes = await largeJpeg.bytes()
      const expected = await sharps(bytes, {})
      for (let round = 0; round < 20; round++) {
        const controller = new AbortController()
        const { signal } = controller
        const decoding = ours(bytes, { pool: arena, path, wait: true, signal })
        setTimeout(() => controller.abort(reason), 2 * round)
        const outcome = await decoding
        if (outcome.kind === 'pixels') assert.equal(difference(outcome, expected), null)
        else assert.equal(outcome.error, reason)
        await until('all slots are free', () => checkArena(arena).free === arena.stats().slots)
      }
    })

    test('a broken picture is refused and its slot is free again', async () => {
      using arena = new PixelArena({ budget: 1_000_000 })
      const half = truncated(await baselineJpeg.bytes(), 0.5)
      await assert.rejects(decode(half, { pool: arena, path }), { code: 'ERR_IMAGE_CORRUPT' })
      assert.equal(checkArena(arena).leased, 0)
    })
  })
}

test('64 decodes at once wait their turn in a small arena, and are all right', async () => {
  using arena = new PixelArena({ budget: 600_000 })
  const wanted = await Promise.all(
    [baselineJpeg, rgbPng, rgbaPng, largeJpeg].map(async (picture, i) => {
      const bytes = await picture.bytes()
      const options = i === 3 ? { width: 400 } : {} // 360,000 bytes
      return { bytes, options, expected: await sharps(bytes, options) }
    }),
  )
  const decoding = Array.from({ length: 64 }, async (_, i) => {
    const { bytes, options, expected } = wanted[i % wanted.length] ?? assert.fail()
    const path = paths[Math.floor(i / 4) % 2] ?? 'direct'
    const our = await ours(bytes, { ...options, pool: arena, path, wait: true })
    checkArena(arena)
    return difference(our, expected)
  })
  assert.deepEqual(await Promise.all(decoding), new Array(64).fill(null))
  const { leased, waiting, peakHeldBytes, exhausted } = checkArena(arena)
  assert.deepEqual({ leased, waiting }, { leased: 0, waiting: 0 })
  assert.ok(exhausted > 0 && peakHeldBytes > 360_000)
})

test('a file that grows while its decode waits is never written beyond what is charged', {
  skip: pageSkip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'growing.png')
  const grown = await sharp({
    create: { width: 220, height: 141, channels: 3, background: '#123456' },
  })
    .png()
    .toBuffer()
  const grownBytes = 220 * 141 * 3 // the same slot could hold it
  using arena = new PixelArena({ budget: 8 * smallestBytes })
  writeFileSync(file, await baselineJpeg.bytes())
  const held = fill(arena)
  held.pop()?.release()
  const decoding = decode(file, { pool: arena, path: 'direct', wait: true })
  await until('its header was read', () => arena.stats().waiting === 1)
  writeFileSync(file, grown)
  for (const buffer of held) buffer.release()
  using buffer = await decoding
  assert.equal(buffer.byteLength, grownBytes)
  assert.equal(chargeOf(arena), Math.ceil(grownBytes / page) * page)
  assert.deepEqual([...buffer.data.subarray(-3)], [0x12, 0x34, 0x56])
})

test('a sharp instance is decoded into an arena too', async () => {
  using arena = new PixelArena({ budget: 1_000_000 })
  const image = sharp(await rgbaPng.bytes()).resize(300, 200, { fit: 'fill' })
  const expected = await image.clone().raw().toBuffer()
  using buffer = await decode(image, { pool: arena })
  assert.ok(expected.equals(new Uint8Array(buffer.data.buffer, 0, buffer.byteLength)))
  assert.equal(checkArena(arena).leased, 1)
})

describe('strips into an arena', () => {
  test('are those that come into a pool', async () => {
    using arena = new PixelArena({ budget: 1_000_000 })
    using pool = new PixelPool({ slots: 1, slotBytes: 1_000_000 })
    const bytes = await largeJpeg.bytes()
    for (const wait of [false, true]) {
      const inArena = strips(bytes, { pool: arena, rows: 64, wait })
      for await (const strip of strips(bytes, { pool, rows: 64, wait })) {
        const { value } = await inArena.next()
        assert.deepEqual(toPlain(value), toPlain(strip))
        value?.release()
        strip.release()
      }
      assert.equal((await inArena.next()).done, true)
    }
    assert.equal(checkArena(arena).leased, 0)
  })

  test('are charged by their own shape', { skip: pageSkip }, async () => {
    using arena = new PixelArena({ budget: 1_000_000 })
    const charges: number[] = []
    for await (const strip of strips(await baselineJpeg.bytes(), { pool: arena, rows: 100 })) {
      charges.push(chargeOf(arena))
      strip.release()
      arena.trim() // else the next tenant of its slot answers for its memory too
    }
    const pagesOf = (rows: number): number => Math.ceil((203 * 3 * rows) / page) * page
    assert.deepEqual(charges, [pagesOf(100), pagesOf(41)])
  })

  test('wait their turn, and may be called off', async () => {
    using arena = new PixelArena({ budget: 8 * smallestBytes })
    const bytes = await baselineJpeg.bytes()
    const held = fill(arena)
    const controller = new AbortController()
    const options = { pool: arena, rows: 141, wait: true }
    const called = strips(bytes, { ...options, signal: controller.signal }).next()
    const served = strips(bytes, options).next()
    await until('both wait', () => arena.stats().waiting === 2)
    controller.abort(reason)
    await assert.rejects(called, reason)
    assert.equal(arena.stats().waiting, 1)
    for (const buffer of held) buffer.release()
    const { value } = await served
    assert.equal(value?.byteLength, baselineBytes)
    value?.release()
    assert.equal(checkArena(arena).leased, 0)
  })

  test('are refused where they are too large, or the arena is spent', async () => {
    using arena = new PixelArena({ budget: 8 * smallestBytes })
    await assert.rejects(
      strips(await largeJpeg.bytes(), { pool: arena, rows: 100 }).next(),
      refusal('ERR_SHAPE_TOO_LARGE', /^2000x100x3 uchar needs 600000 bytes, the largest slot of/),
    )
    const held = fill(arena)
    await assert.rejects(strips(await baselineJpeg.bytes(), { pool: arena, rows: 9 }).next(), {
      code: 'ERR_POOL_EXHAUSTED',
    })
    for (const buffer of held) buffer.release()
    assert.equal(checkArena(arena).leased, 0)
  })
})

/** Leases all of the budget in small buffers. */
function fill(arena: PixelArena): PixelBuffer[] {
  const shape = { width: smallestBytes, height: 1, channels: 1 } as const
  return Array.from({ length: Math.floor(arena.budget / smallestBytes) }, () =>
    arena.acquire(shape),
  )
}

/** What the leased buffers are charged with. */
function chargeOf(arena: PixelArena): number {
  arena.trim()
  return checkArena(arena).heldBytes
}

async function decodesAsEver(arena: PixelArena): Promise<void> {
  const bytes = await baselineJpeg.bytes()
  const expected = await sharps(bytes, {})
  for (const path of paths) {
    assert.equal(difference(await ours(bytes, { pool: arena, path }), expected), null)
  }
  const { free, slots } = checkArena(arena)
  assert.equal(free, slots)
}

function toPlain(strip: Strip | undefined): unknown {
  if (strip === undefined) return undefined
  const { top, shape, data } = strip
  return { top, shape, pixels: Buffer.from(data) }
}

for (const path of paths) {
  test(`what does not fit the budget is decoded onto a disk, by the ${path} path`, async (t) => {
    const directory = scratchDirectory(t)
    if (directory === null) return t.skip('no disk here can hold scratch')
    const scratch = [{ directory, limit: '64MiB' }] as const
    using arena = new PixelArena({ budget: smallestBytes, scratch })
    const bytes = await largeJpeg.bytes()
    const raw = await sharp(bytes).raw().toBuffer()
    const buffer = await decode(bytes, { pool: arena, path })
    assert.equal(buffer.scratch, true)
    assert.ok(raw.equals(Buffer.from(buffer.data.buffer, 0, buffer.byteLength)))
    const encoded = await encode(buffer, (image) => image.png())
    assert.ok((await sharp(encoded).raw().toBuffer()).equals(raw))
    buffer.release()
    await until('the file is gone', () => checkArena(arena).scratchBytes === 0)
  })
}
