import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PixelPool, PoolError } from '../../../src/index.js'
import { decode, type ImageOptions } from '../../../src/sharp/index.js'
import { checkEquation } from '../../equation.js'
import { pictures } from '../../sharp/pictures.js'
import { difference, type Outcome, sharps } from '../../sharp/reference.js'
import { random } from './random.js'
import { play } from './scenario.js'

// Damaged pictures, by seed. Whatever is in them, decode() gives the pixels of sharp or refuses as
// sharp does, and writes nothing behind the pixels.

const seed = Number(process.env.PIXELPOOL_SEED ?? Date.now() % 1_000_000)
const cases = Number(process.env.PIXELPOOL_FUZZ_CASES ?? 600)
const inFlight = 4
const slotBytes = 4_000_000
const limitInputPixels = 1_000_000
const marker = Buffer.alloc(slotBytes, 0xa5)
const tallies = new Map<string, number>()
const wrong: string[] = []

interface Whole {
  readonly name: string
  readonly bytes: Buffer
}

/** One case: a damaged picture and what is asked of it, the same for the same seed and number. */
class Damaged {
  readonly name: string
  readonly picture: Buffer
  readonly options: ImageOptions
  readonly #roll: () => number

  constructor(wholes: readonly Whole[], number: number) {
    this.#roll = random(seed * 1_000_003 + number)
    const { name, bytes } = this.#oneOf(wholes)
    this.name = `${number} (${name})`
    this.picture = this.#damage(bytes)
    this.options = this.#someOptions()
  }

  #damage(bytes: Buffer): Buffer {
    const kind = this.#roll()
    if (kind < 0.6) return this.#change(bytes)
    if (kind < 0.8) return Buffer.from(bytes.subarray(0, this.#below(bytes.length)))
    return this.#widen(bytes)
  }

  /** 1 to 6 bytes are others, anywhere, or all of them near the start. */
  #change(bytes: Buffer): Buffer {
    const changed = Buffer.from(bytes)
    const reach = this.#roll() < 0.4 ? Math.min(400, bytes.length) : bytes.length
    for (let left = this.#below(6) + 1; left > 0; left--) {
      changed[this.#below(reach)] = this.#below(256)
    }
    return changed
  }

  /** Up to 8 bytes more, somewhere. */
  #widen(bytes: Buffer): Buffer {
    const at = this.#below(bytes.length)
    const inserted = Array.from({ length: this.#below(8) + 1 }, () => this.#below(256))
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(inserted), bytes.subarray(at)])
  }

  #someOptions(): ImageOptions {
    return {
      limitInputPixels,
      failOn: this.#roll() < 0.5 ? 'warning' : 'none',
      autoOrient: this.#roll() < 0.5,
      ...(this.#roll() < 0.5 ? {} : { width: this.#below(300) + 1 }),
      ...(this.#roll() < 0.8 ? {} : { height: this.#below(300) + 1, fit: 'fill' }),
      ...(this.#roll() < 0.8 ? {} : { pages: -1 }),
    }
  }

  #oneOf<T>(all: readonly T[]): T {
    const one = all[this.#below(all.length)]
    if (one === undefined) throw new Error('there is none')
    return one
  }

  #below(limit: number): number {
    return Math.floor(this.#roll() * limit)
  }
}

await play({ damaged })

async function damaged(): Promise<void> {
  console.log(`seed ${seed}, ${cases} cases`)
  const wholes = await Promise.all(
    pictures.map(async (picture) => {
      return { name: picture.name, bytes: await picture.bytes() }
    }),
  )
  let next = 0
  const workOff = async (): Promise<void> => {
    using pool = new PixelPool({ slots: 1, slotBytes })
    while (next < cases) {
      const i = next++
      await check(pool, new Damaged(wholes, i))
    }
    assert.equal(checkEquation(pool).free, 1)
  }
  await Promise.all(Array.from({ length: inFlight }, workOff))
  for (const [what, count] of [...tallies].sort()) console.log(`${count} ${what}`)
  assert.deepEqual(wrong, [])
}

async function check(pool: PixelPool, damaged: Damaged): Promise<void> {
  const { picture, options } = damaged
  const our = await decodeMarked(pool, picture, options)
  const told = difference(our, await sharps(picture, options))
  if (told !== null && !isFarTooLarge(our)) keep(damaged, told)
  if (our.kind === 'pixels') count('decoded')
  else count(our.error instanceof PoolError ? our.error.code : 'other errors')
}

/** Decodes into a slot full of marks, which must still be there behind the pixels. */
async function decodeMarked(
  pool: PixelPool,
  picture: Buffer,
  options: ImageOptions,
): Promise<Outcome> {
  fillWhole(pool)
  try {
    using buffer = await decode(picture, { ...options, pool, path: 'direct' })
    const memory = Buffer.from(buffer.data.buffer)
    const behind = memory.subarray(buffer.byteLength)
    assert.ok(behind.equals(marker.subarray(0, behind.length)), 'written behind the pixels')
    const { width, height, channels, pages } = buffer
    const shape = `${pages} of ${width}x${height}x${channels}`
    return { kind: 'pixels', shape, bytes: Buffer.from(memory.subarray(0, buffer.byteLength)) }
  } catch (error) {
    assert.ok(!(error instanceof assert.AssertionError), `${error}`)
    return { kind: 'refused', error }
  }
}

function fillWhole(pool: PixelPool): void {
  using buffer = pool.acquire({ width: slotBytes, height: 1, channels: 1 })
  buffer.data.fill(0xa5)
}

/** A slot is finite, and sharp's output is not. */
function isFarTooLarge(our: Outcome): boolean {
  if (our.kind === 'pixels') return false
  return our.error instanceof PoolError && our.error.code === 'ERR_SHAPE_TOO_LARGE'
}

/** Tells of a case, and where its file is. */
function keep({ name, picture, options }: Damaged, told: string): void {
  const file = join(mkdtempSync(join(tmpdir(), 'pixelpool-fuzz-')), 'picture')
  writeFileSync(file, picture)
  wrong.push(`case ${name} of seed ${seed}: ${told}; ${JSON.stringify(options)} of ${file}`)
}

function count(what: string): void {
  tallies.set(what, (tallies.get(what) ?? 0) + 1)
}
