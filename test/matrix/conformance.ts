// What every runtime must do, Bun and Deno included: a plain script, a line for each check.
//   node dist/test/matrix/conformance.js
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { frames, PixelArena, type PixelBuffer, PixelPool, PoolError } from '../../src/index.js'
import { codec, decode, strips } from '../../src/sharp/index.js'
import { checkArena, checkEquation } from '../equation.js'
import { FakeClock } from '../fake-clock.js'

const shape = { width: 16, height: 16 }
const own = 7 // the sample of the owner that is looked at
const next = 200 // the sample of whoever comes after
const servedWithinMs = 2000
const photo = fileURLToPath(
  new URL('../../../examples/photos/Picture_1A_by_freespace.jpg', import.meta.url),
)

const checks: Readonly<Record<string, () => void | Promise<void>>> = {
  'every kind of view is empty after release()': everyView,
  'views of the first, second and third tenancy of a slot are empty after each': everyTenancy,
  'views of the tenancies before see nothing while the next one writes': nothingBehind,
  'what is written through a view that was kept goes nowhere': writesGoNowhere,
  'a retained buffer keeps its views when the first is released, and the other way round': retained,
  'release() during a pin empties the views and keeps the slot until the pin ends': pinned,
  'a second release() is refused, data after it too': refused,
  'forgotten buffers come back to one that waits, within 2 s': forgottenServed,
  'all forgotten buffers come back to those that wait': forgottenAll,
  'a view alone keeps a forgotten buffer leased': viewKeeps,
  "the user's own transfer() never sees the next owner's pixels": transferred,
  "a clone with a transfer list never sees the next owner's pixels": cloned,
  'memory that was transferred away comes back when it is forgotten': transferForgotten,
  'memory that was transferred to another length comes back': resized,
  'a photo arrives in a slot as sharp decodes it, upright and in strips': decoded,
  'a decode that was given up leaves its slot to the next one': givenUp,
  'a buffer that a worker moved outlives it, and is adopted once': moved,
  'who waits is served by a release in another thread, in his turn': servedAcross,
  'what a terminated worker held comes back, and goes to one that waits': terminated,
  'a stream is cut into frames': cutIntoFrames,
  'an arena keeps its budget, and every buffer its pixels': arenaKeepsBudget,
  'who waits for an arena gets what smaller ones leave': arenaServes,
  'what an arena keeps goes back when it lies idle': arenaGivesBack,
  'what does not fit the budget goes to a scratch disk and comes back': arenaInScratch,
  'a buffer of an arena is adopted at another end': arenaShared,
  'a cleared slot shows zeros': cleared,
}

let failures = 0
console.log(`conformance on ${runtime()}`)
for (const [name, check] of Object.entries(checks)) {
  try {
    await check()
    console.log(`ok    ${name}`)
  } catch (error) {
    failures++
    console.log(`FAIL  ${name}\n${error instanceof Error ? error.stack : error}`)
  }
}
console.log(failures === 0 ? 'all conform' : `${failures} of the checks failed`)
process.exitCode = failures === 0 ? 0 : 1

function runtime(): string {
  const { bun, deno, node } = process.versions
  if (bun !== undefined) return `Bun ${bun}`
  return deno !== undefined ? `Deno ${deno}` : `Node ${node}`
}

/** Fails unless the view shows nothing: a DataView refuses to be asked, as the language wants it. */
function checkEmpty(view: ArrayBuffer | ArrayBufferView): void {
  if (view instanceof DataView) assert.throws(() => view.byteLength, TypeError)
  else assert.equal(view.byteLength, 0, view.constructor.name)
}

function bytesOf({ data }: PixelBuffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

async function decoded(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape: { width: 1365, height: 1074 } })
  assert.equal(codec().path, 'direct', codec().reason ?? '')
  const whole = await sharp(photo).raw().toBuffer()
  const buffer = await decode(photo, { pool, path: 'direct' })
  assert.ok(whole.equals(bytesOf(buffer)))
  buffer.release()

  const lying = await sharp(photo).resize(301, 200).withMetadata({ orientation: 6 }).toBuffer()
  const upright = await decode(lying, { pool, path: 'direct', autoOrient: true })
  assert.ok((await sharp(lying).rotate().raw().toBuffer()).equals(bytesOf(upright)))
  upright.release()

  let top = 0
  for await (const strip of strips(photo, { pool, rows: 100 })) {
    const begin = top * strip.width * strip.channels
    assert.ok(whole.subarray(begin, begin + strip.byteLength).equals(bytesOf(strip)))
    top += strip.height
    strip.release()
  }
  assert.equal(top, 1074)
  checkEquation(pool)
}

async function givenUp(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape: { width: 1365, height: 1074 } })
  const controller = new AbortController()
  const decoding = decode(photo, { pool, path: 'direct', signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(decoding, /enough/)
  const next = await pool.acquireAsync(undefined, { timeout: servedWithinMs })
  next.release()
  assert.equal(pool.stats().free, 1)
}

function everyView(): void {
  const pool = new PixelPool({ slots: 1, shape })
  const buffer = pool.acquire()
  const views = viewsOf(buffer)
  for (const view of views) assert.ok(view.byteLength > 0)
  checkEquation(pool)
  buffer.release()
  for (const view of views) checkEmpty(view)
  assert.equal(checkEquation(pool).free, 1)
}

function viewsOf({ data }: PixelBuffer): (ArrayBuffer | ArrayBufferView)[] {
  const memory = data.buffer
  return [
    memory,
    data,
    data.subarray(5, 9),
    data.subarray(1).subarray(1),
    Buffer.from(memory),
    Buffer.from(memory, 8, 8),
    Buffer.from(memory).subarray(3),
    new DataView(memory),
    new DataView(memory, 16, 16),
    new Uint8Array(memory),
    new Uint8ClampedArray(memory, 4),
    new Int8Array(memory),
    new Uint16Array(memory),
    new Int16Array(memory),
    new Uint32Array(memory),
    new Int32Array(memory),
    new Float32Array(memory),
    new Float64Array(memory),
    new BigInt64Array(memory),
    new BigUint64Array(memory),
  ]
}

function everyTenancy(): void {
  const pool = new PixelPool({ slots: 1, shape })
  const views: (ArrayBuffer | ArrayBufferView)[] = []
  for (let tenancy = 0; tenancy < 3; tenancy++) {
    const buffer = pool.acquire()
    views.push(...viewsOf(buffer))
    buffer.release()
    for (const view of views) checkEmpty(view)
    checkEquation(pool)
  }
}

function nothingBehind(): void {
  const pool = new PixelPool({ slots: 1, shape })
  const first = pool.acquire()
  first.data.fill(own)
  const kept = first.data
  const part = kept.subarray(4, 8)
  const bytes = Buffer.from(kept.buffer)
  first.release()
  const second = pool.acquire()
  second.data.fill(next)
  for (const view of [kept, part, bytes]) {
    for (let i = 0; i < 16; i++) assert.equal(view[i], undefined)
  }
  assert.throws(() => new Uint8Array(kept.buffer), TypeError)
  checkEquation(pool)
  second.release()
}

function writesGoNowhere(): void {
  const pool = new PixelPool({ slots: 1, shape })
  const first = pool.acquire()
  const kept = first.data
  first.release()
  const second = pool.acquire()
  second.data.fill(next)
  for (let i = 0; i < 16; i++) kept[i] = own
  assert.throws(() => kept.fill(own), TypeError)
  assert.ok(second.data.every((sample) => sample === next))
  second.release()
  checkEquation(pool)
}

function retained(): void {
  const pool = new PixelPool({ slots: 1, shape })
  for (const releaseFirst of [true, false]) {
    const first = pool.acquire()
    first.data.fill(own)
    const second = first.retain()
    const [gone, stays] = releaseFirst ? [first, second] : [second, first]
    const goneViews = viewsOf(gone)
    const stayingViews = viewsOf(stays)
    gone.release()
    for (const view of goneViews) checkEmpty(view)
    for (const view of stayingViews) assert.ok(view.byteLength > 0)
    assert.ok(stays.data.every((sample) => sample === own))
    assert.equal(checkEquation(pool).leased, 1)
    assert.equal(pool.tryAcquire(), null)
    stays.release()
    for (const view of stayingViews) checkEmpty(view)
    assert.equal(checkEquation(pool).free, 1)
  }
}

async function pinned(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const buffer = pool.acquire()
  let end = (): void => {}
  const pin = buffer.pin((data) => {
    assert.equal(data.length, buffer.data.length)
    return new Promise<void>((resolve) => {
      end = resolve
    })
  })
  const views = viewsOf(buffer)
  buffer.release()
  for (const view of views) checkEmpty(view)
  assert.equal(checkEquation(pool).pinned, 1)
  assert.equal(pool.tryAcquire(), null)
  end()
  await pin
  assert.equal(checkEquation(pool).free, 1)
}

function refused(): void {
  const pool = new PixelPool({ slots: 1, shape })
  const buffer = pool.acquire()
  buffer.release()
  assert.throws(() => buffer.release(), { code: 'ERR_BUFFER_RELEASED' })
  assert.throws(() => buffer.data, { code: 'ERR_BUFFER_RELEASED' })
  buffer[Symbol.dispose]()
  assert.equal(checkEquation(pool).releases, 1)
}

async function forgottenServed(): Promise<void> {
  const pool = new PixelPool({ slots: 8, shape })
  forget(pool, 8)
  assert.equal(checkEquation(pool).leased, 8)
  const buffer = await pool.acquireAsync(undefined, { timeout: servedWithinMs })
  buffer.data.fill(next)
  assert.ok(checkEquation(pool).leaked >= 1)
  buffer.release()
  checkEquation(pool)
}

async function forgottenAll(): Promise<void> {
  const slots = 8
  const pool = new PixelPool({ slots, shape })
  const kept = pool.acquire()
  kept.data.fill(own)
  forget(pool, slots - 1)
  // A stack that is scanned for anything like a pointer may keep the last one.
  const wanted = slots - 2
  const buffers = await Promise.all(
    Array.from({ length: wanted }, () => pool.acquireAsync(undefined, { timeout: 5000 })),
  )
  for (const buffer of buffers) buffer.data.fill(next)
  assert.ok(checkEquation(pool).leaked >= wanted)
  assert.ok(kept.data.every((sample) => sample === own))
  for (const buffer of buffers) buffer.release()
  kept.release()
  checkEquation(pool)
}

function forget(pool: PixelPool, count: number): void {
  for (let i = 0; i < count; i++) pool.acquire().data.fill(own)
}

async function viewKeeps(): Promise<void> {
  const pool = new PixelPool({ slots: 4, shape })
  const part = onlyPart(pool)
  forget(pool, 3)
  const buffer = await pool.acquireAsync(undefined, { timeout: servedWithinMs })
  buffer.data.fill(next)
  assert.deepEqual([...part], [own, own])
  checkEquation(pool)
  buffer.release()
}

function onlyPart(pool: PixelPool): Uint8ClampedArray {
  const { data } = pool.acquire()
  data.fill(own)
  return data.subarray(3, 5)
}

/** Node 20 has no transfer(), and clones external memory in place of transferring it. */
function transfer(memory: ArrayBuffer): ArrayBuffer {
  if (memory.transfer !== undefined) return memory.transfer()
  return structuredClone(memory, { transfer: [memory] })
}

function transferred(): void {
  keepsAfterEscape(transfer)
}

function cloned(): void {
  keepsAfterEscape((memory) => structuredClone(memory, { transfer: [memory] }))
}

/** Takes a buffer's memory away, releases the buffer, and lets others use the pool. */
function keepsAfterEscape(take: (memory: ArrayBuffer) => ArrayBuffer): void {
  const pool = new PixelPool({ slots: 2, shape })
  const buffer = pool.acquire()
  buffer.data.fill(own)
  const taken = new Uint8Array(take(buffer.data.buffer))
  buffer.release()
  checkEquation(pool)
  for (let round = 0; round < 4; round++) {
    for (const other of fillAll(pool)) other.release()
    checkEquation(pool)
    assert.ok(taken.every((sample) => sample === own))
    taken.fill(own)
  }
}

function fillAll(pool: PixelPool): PixelBuffer[] {
  const buffers: PixelBuffer[] = []
  for (let other = pool.tryAcquire(); other !== null; other = pool.tryAcquire()) {
    other.data.fill(next)
    buffers.push(other)
  }
  assert.ok(buffers.length >= 1)
  for (const { data } of buffers) assert.ok(data.every((sample) => sample === next))
  return buffers
}

async function transferForgotten(): Promise<void> {
  await comesBack((memory) => transfer(memory))
}

async function resized(): Promise<void> {
  await comesBack((memory) => memory.transfer?.(64) ?? transfer(memory))
}

/** Takes the memory of all buffers away, drops it, and waits for a slot. */
async function comesBack(take: (memory: ArrayBuffer) => ArrayBuffer): Promise<void> {
  const pool = new PixelPool({ slots: 4, shape })
  takeAll(pool, take)
  checkEquation(pool)
  const buffer = await pool.acquireAsync(undefined, { timeout: servedWithinMs })
  buffer.data.fill(next)
  checkEquation(pool)
  buffer.release()
}

function takeAll(pool: PixelPool, take: (memory: ArrayBuffer) => ArrayBuffer): void {
  for (let i = 0; i < pool.stats().slots; i++) {
    const buffer = pool.acquire()
    const taken = take(buffer.data.buffer)
    assert.ok(taken.byteLength > 0)
    buffer.release()
  }
}

function neighbour(pool: PixelPool): Worker {
  const workerData = { token: pool.share(), sample: next }
  return new Worker(new URL('./neighbour.js', import.meta.url), { workerData })
}

async function moved(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const worker = neighbour(pool)
  const told = once(worker, 'message')
  worker.postMessage('move')
  const [token] = await told
  await worker.terminate()
  assert.equal(pool.stats().leased, 1)
  const buffer = pool.adopt(token)
  assert.ok(buffer.data.every((sample) => sample === next))
  assert.throws(() => pool.adopt(token), { code: 'ERR_LEASE_EXPIRED' })
  const { data } = buffer
  buffer.release()
  checkEmpty(data)
  assert.equal(checkEquation(pool).free, 1)
}

async function servedAcross(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const worker = neighbour(pool)
  const held = once(worker, 'message')
  worker.postMessage('hold')
  await held
  const order: number[] = []
  const waits = [1, 2].map(async (turn) => {
    const buffer = await pool.acquireAsync(undefined, { timeout: servedWithinMs })
    order.push(turn)
    buffer.release()
  })
  assert.equal(pool.tryAcquire(), null)
  worker.postMessage('release')
  await Promise.all(waits)
  assert.deepEqual(order, [1, 2])
  await worker.terminate()
  assert.equal(checkEquation(pool).free, 1)
}

async function terminated(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const worker = neighbour(pool)
  const held = once(worker, 'message')
  worker.postMessage('hold')
  await held
  const wait = pool.acquireAsync(undefined, { timeout: 5 * servedWithinMs })
  await worker.terminate()
  const buffer = await wait
  buffer.release()
  const { free, leaked } = checkEquation(pool)
  assert.deepEqual({ free, leaked }, { free: 1, leaked: 0 })
}

async function cutIntoFrames(): Promise<void> {
  const pool = new PixelPool({ slots: 1, shape })
  const bytes = Uint8Array.from({ length: 3 * shape.width * shape.height * 4 }, (_, i) => i % 251)
  const seen: number[] = []
  for await (const frame of frames(new Blob([bytes]).stream(), { pool })) {
    seen.push(...bytesOf(frame))
    frame.release()
  }
  assert.deepEqual(Uint8Array.from(seen), bytes)
  assert.equal(checkEquation(pool).free, 1)
}

function arenaKeepsBudget(): void {
  const arena = new PixelArena({ budget: '4MiB', idle: false })
  const hand: PixelBuffer[] = []
  for (let i = 0; i < 300; i++) {
    const width = 1 + ((i * 7919) % 700)
    const buffer = arena.tryAcquire({ width, height: width })
    if (buffer !== null) hand.push(buffer)
    buffer?.data.fill(width % 256)
    const { leasedBytes, wastedBytes, idleBytes, heldBytes } = checkArena(arena)
    assert.equal(leasedBytes + wastedBytes + idleBytes, heldBytes)
    if (buffer !== null && i % 3 > 0) continue
    const [gone] = hand.splice(i % Math.max(hand.length, 1), 1)
    assert.ok(gone === undefined || gone.data.every((sample) => sample === gone.width % 256))
    gone?.release()
  }
  for (const each of hand) each.release()
  assert.ok(arena.stats().exhausted > 0)
  arena.close()
  assert.equal(arena.stats().heldBytes, 0)
}

async function arenaServes(): Promise<void> {
  const arena = new PixelArena({ budget: 524_288, hugePages: false, idle: false })
  const smalls = Array.from({ length: 8 }, () => arena.acquire({ width: 128, height: 128 }))
  const wait = arena.acquireAsync({ width: 512, height: 256 }, { timeout: servedWithinMs })
  for (const each of smalls) each.release()
  const buffer = await wait
  buffer.data.fill(own)
  assert.equal(checkArena(arena).heldBytes, 524_288)
  buffer.release()
}

function arenaGivesBack(): void {
  const clock = new FakeClock()
  const arena = new PixelArena({ budget: '4MiB', idle: { after: 4000, clock } })
  const buffers = Array.from({ length: 8 }, () => arena.acquire({ width: 128, height: 128 }))
  for (const each of buffers) each.data.fill(own)
  for (const each of buffers) each.release()
  clock.advance(8000)
  assert.equal(checkArena(arena).heldBytes, 0)
}

async function arenaInScratch(): Promise<void> {
  const arena = makeWithScratch()
  if (arena === null) return
  const buffers = Array.from({ length: 6 }, (_, i) => {
    const buffer = arena.acquire({ width: 128, height: 128 })
    buffer.data.fill(i)
    return buffer
  })
  assert.deepEqual(
    buffers.map(({ scratch }) => scratch),
    [false, false, true, true, true, true],
  )
  for (const [i, { data }] of buffers.entries()) assert.ok(data.every((sample) => sample === i))
  assert.equal(checkArena(arena).scratchSlots, 4)
  const wait = arena.acquireAsync({ width: 128, height: 128 }, { timeout: servedWithinMs })
  for (const each of buffers) each.release()
  const served = await wait
  served.release()
  for (let turn = 0; turn < 500 && arena.stats().scratchBytes > 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 4))
  }
  assert.equal(checkArena(arena).scratchBytes, 0)
}

/** Null where no disk here can hold scratch. */
function makeWithScratch(): PixelArena | null {
  try {
    const scratch = [{ directory: '/var/tmp', limit: 4 * 65_536 }]
    return new PixelArena({ budget: 2 * 65_536, hugePages: false, idle: false, scratch })
  } catch (error) {
    assert.ok(error instanceof PoolError && error.code === 'ERR_SCRATCH_UNSUPPORTED')
    return null
  }
}

function arenaShared(): void {
  const arena = new PixelArena({ budget: '1MiB', idle: false })
  const other = PixelArena.attach(arena.share())
  const buffer = arena.acquire(shape)
  buffer.data.fill(own)
  const adopted = other.adopt(buffer.move())
  assert.ok(adopted.data.every((sample) => sample === own))
  adopted.release()
  assert.equal(checkArena(arena).leased, 0)
  other.close()
}

async function cleared(): Promise<void> {
  for (const clear of ['acquire', 'release'] as const) {
    const pool = new PixelPool({ slots: 2, slotBytes: 65_536, clear })
    for (let round = 0; round < 20; round++) {
      const buffer = pool.acquire({ width: 128, height: 128 })
      assert.ok(buffer.data.every((sample) => sample === 0))
      buffer.data.fill(own)
      buffer.release()
      if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    checkEquation(pool)
  }
}
