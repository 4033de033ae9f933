import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fs, { readdirSync, statfsSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PixelArena, type PixelBuffer } from '../src/index.js'
import { native } from '../src/native.js'
import { canTransfer } from '../src/revoke.js'
import { toScratch } from '../src/scratch.js'
import { collectUntil } from './collect.js'
import { checkArena } from './equation.js'
import { invalid, refusal } from './refusal.js'
import { scratchDirectory } from './scratch-directory.js'
import { smallDisk } from './small-disk.js'

const shape = { width: 128, height: 128 } as const // 65,536 bytes
const slotBytes = 65_536
const kind = { hugePages: false, idle: false } as const
const noLinux = process.platform === 'linux' ? false : 'scratch is for Linux'

/** An arena whose budget is two slots, with so many more on a disk; null, and skipped, without one. */
function make(
  t: TestContext,
  slots: number,
  leaks: 'count' | 'trace' = 'count',
): PixelArena | null {
  const directory = scratchDirectory(t)
  if (directory === null) {
    t.skip('no disk here can hold scratch')
    return null
  }
  const scratch = [{ directory, limit: slots * slotBytes }]
  const arena = new PixelArena({ ...kind, leaks, budget: 2 * slotBytes, scratch })
  t.after(() => arena.close())
  return arena
}

function fill(arena: PixelArena, count: number): PixelBuffer[] {
  return Array.from({ length: count }, (_, i) => {
    const buffer = arena.acquire(shape)
    buffer.data.fill(i + 1)
    return buffer
  })
}

function shows({ data }: PixelBuffer, color: number): boolean {
  return data.every((sample) => sample === color)
}

function until(condition: () => boolean): Promise<boolean> {
  return collectUntil(condition, 10_000)
}

// --- which directories

test('it is checked, and has whole bytes', (t) => {
  assert.deepEqual(toScratch(undefined), [])
  assert.deepEqual(toScratch([]), [])
  const directory = scratchDirectory(t)
  if (directory === null) return t.skip('no disk here can hold scratch')
  const given = [
    { directory: `${directory}/../${directory.split('/').at(-1)}`, limit: '1.5MiB' },
  ] as const
  assert.deepEqual(toScratch(given), [{ directory: resolve(directory), limit: 1_572_864 }])
})

test('what is no directory with a limit is refused, and told', () => {
  const there = 'scratch.directory must be a directory that is there'
  const objects = 'scratch must be an array of objects with directory and limit'
  const size = "scratch.limit must be a size such as '10GB', or bytes from 65536"
  const bad: readonly (readonly [scratch: unknown, message: string])[] = [
    ['/tmp', `${objects}, got '/tmp'`],
    [{ directory: '/' }, `${objects}, got an object`],
    [null, `${objects}, got null`],
    [['/tmp'], `${objects}, got '/tmp'`],
    [[null], `${objects}, got null`],
    [[{ limit: '1GB' }], `${there}, got undefined`],
    [[{ directory: 1, limit: '1GB' }], `${there}, got 1`],
    [[{ directory: '', limit: '1GB' }], `${there}, got ''`],
    [[{ directory: '/no/such/place', limit: '1GB' }], `${there}, got '/no/such/place'`],
    [[{ directory: process.execPath, limit: 1e9 }], `${there}, got '${process.execPath}'`],
    [[{ directory: '/' }], `${size}, got undefined`],
    [[{ directory: '/', limit: 65_535 }], `${size}, got 65535`],
    [[{ directory: '/', limit: '1kB' }], `${size}, got '1kB'`],
    [[{ directory: '/', limit: Number.POSITIVE_INFINITY }], `${size}, got Infinity`],
    [
      [{ directory: '/', limit: '1GB', fileSystem: 'ext4' }],
      "scratch.fileSystem must be 'tmpfs' or left out, got 'ext4'",
    ],
  ]
  for (const [scratch, message] of bad) {
    const options = { budget: slotBytes, scratch }
    assert.throws(() => Reflect.construct(PixelArena, [options]), invalid(message), message)
  }
})

const unsupported = (message: string): ((error: unknown) => true) =>
  refusal('ERR_SCRATCH_UNSUPPORTED', message)

test('a file system that cannot be counted on is refused by name', { skip: noLinux }, () => {
  const make = (directory: string): unknown => toScratch([{ directory, limit: '1MB' }])
  const { type } = statfsSync('/proc')
  assert.throws(
    () => make('/proc'),
    unsupported(
      `/proc cannot hold scratch: it is on a file system of type 0x${type.toString(16)}; ` +
        'use one on ext4 or xfs',
    ),
  )
})

/** The directory / is on a file system of this type, it is told. */
function given(t: TestContext, type: number): void {
  t.mock.method(fs, 'statfsSync', () => ({ type }))
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
}

const types = [
  ['btrfs', 0x9123683e],
  ['ZFS', 0x2fc12fc1],
  ['NFS', 0x6969],
  ['overlayfs', 0x794c7630],
  ['CIFS', 0xff534d42],
  ['FUSE', 0x65735546],
] as const
for (const [name, type] of types) {
  test(`so is ${name}, also when a tmpfs is asked for`, { skip: noLinux }, (t) => {
    given(t, type)
    const message = `/ cannot hold scratch: it is on ${name}; use one on ext4 or xfs`
    const plan = { directory: '/', limit: '1MB' } as const
    assert.throws(() => toScratch([plan]), unsupported(message))
    assert.throws(() => toScratch([{ ...plan, fileSystem: 'tmpfs' }]), unsupported(message))
  })
}

test('a tmpfs is memory, so it is asked for by name', { skip: noLinux }, (t) => {
  given(t, 0x01021994)
  t.mock.method(native, 'tryScratch', () => 'ok')
  const plan = { directory: '/', limit: '1MB' } as const
  assert.throws(
    () => toScratch([plan]),
    unsupported(
      "/ cannot hold scratch: it is a tmpfs, which is memory; say fileSystem: 'tmpfs' to use it",
    ),
  )
  const [planned] = toScratch([{ ...plan, fileSystem: 'tmpfs' }])
  assert.deepEqual(planned, { directory: '/', limit: 1_000_000 })
})

test('a directory that takes no file now is refused', { skip: noLinux }, (t) => {
  given(t, 0xef53)
  let answer: ReturnType<typeof native.tryScratch> = 'refused'
  t.mock.method(native, 'tryScratch', () => answer)
  const make = (): unknown => toScratch([{ directory: '/', limit: '1MB' }])
  assert.throws(
    make,
    unsupported(
      '/ cannot hold scratch: the system makes no files without a name there; see its permissions',
    ),
  )
  answer = 'full'
  assert.throws(
    make,
    refusal(
      'ERR_SCRATCH_FULL',
      'the budget is spent and / has no space left; release a buffer or make space there',
    ),
  )
})

test('other systems have none yet', (t) => {
  const { platform } = process
  Object.defineProperty(process, 'platform', { value: 'darwin' })
  t.after(() => Object.defineProperty(process, 'platform', { value: platform }))
  assert.throws(
    () => toScratch([{ directory: '/', limit: '1MB' }]),
    unsupported('/ cannot hold scratch: scratch is for Linux, this is darwin'),
  )
})

// --- what goes there

test('a working set of three times the budget keeps its pixels, within the limit', (t) => {
  const directory = scratchDirectory(t)
  if (directory === null) return t.skip('no disk here can hold scratch')
  const budget = 4 * 2 ** 20
  const limit = 16 * 2 ** 20
  using arena = new PixelArena({ budget, scratch: [{ directory, limit }], idle: false })
  const sum = ({ data }: PixelBuffer): string => createHash('sha1').update(data).digest('hex')
  const widths = [600, 100, 723, 512, 40, 300, 724, 725, 640, 480]
  const buffers: PixelBuffer[] = []
  for (let bytes = 0, i = 0; bytes < 3 * budget; i++) {
    const width = widths[i % widths.length] ?? 1
    const buffer = arena.acquire({ width, height: width })
    const { data } = buffer
    for (let at = 0; at < data.length; at++) data[at] = at * (i + 1)
    buffers.push(buffer)
    bytes += buffer.byteLength
  }
  const sums = buffers.map(sum)
  const stats = checkArena(arena)
  assert.ok(budget < stats.peakScratchBytes && stats.peakScratchBytes <= limit)
  assert.equal(stats.scratchSlots, buffers.filter(({ scratch }) => scratch).length)
  assert.deepEqual(readdirSync(directory), [], 'files there have no names')
  assert.deepEqual(buffers.map(sum), sums)
  for (const each of buffers) each.release()
})

test('memory is used first, and a buffer tells where it is', async (t) => {
  const arena = make(t, 3)
  if (arena === null) return
  const buffers = fill(arena, 5)
  assert.deepEqual(
    buffers.map(({ scratch }) => scratch),
    [false, false, true, true, true],
  )
  const stats = checkArena(arena)
  assert.deepEqual(
    [stats.heldBytes, stats.leasedBytes, stats.scratchBytes, stats.scratchSlots, stats.leased],
    [2 * slotBytes, 2 * slotBytes, 3 * slotBytes, 3, 5],
  )
  assert.throws(() => arena.acquire(shape), {
    code: 'ERR_POOL_EXHAUSTED',
    message:
      'the budget of 131072 bytes is spent: 131072 are in use, and 196608 on disk ' +
      '(5 leased, 0 pinned, 0 quarantined); release one first (forgotten ones come back after ' +
      'the event loop turns)',
  })
  for (const [i, each] of buffers.entries()) assert.ok(shows(each, i + 1))
  buffers[0]?.release()
  assert.equal(arena.acquire(shape).scratch, false)
  for (const each of buffers.slice(1)) each.release()
  assert.throws(() => buffers[3]?.scratch, {
    code: 'ERR_BUFFER_RELEASED',
    message: 'scratch was called after release() or move(); acquire a new buffer',
  })
  assert.ok(await until(() => arena.stats().scratchBytes === 0))
  assert.equal(arena.stats().peakScratchBytes, 3 * slotBytes)
})

test('it does so where leaks are traced', async (t) => {
  const arena = make(t, 3, 'trace')
  if (arena === null) return
  const buffers = fill(arena, 5)
  const places = buffers.map(({ scratch }) => scratch)
  const { leasedBytes } = arena.stats()
  for (const each of buffers) each.release()
  assert.deepEqual(places, [false, false, true, true, true])
  assert.equal(leasedBytes, 2 * slotBytes)
  assert.ok(await until(() => arena.stats().scratchBytes === 0))
})

test('what was released is there for the next one at once', (t) => {
  const arena = make(t, 6)
  if (arena === null) return
  const held = fill(arena, 2)
  let refused = 0
  for (let i = 0; i < 100; i++) {
    const buffer = arena.tryAcquire({ width: 256, height: 256 }) // of six slots four
    if (buffer === null) refused++
    else buffer.release()
  }
  for (const each of held) each.release()
  assert.equal(refused, 0)
})

test('a shape that is larger than the budget is on a disk always', async (t) => {
  const arena = make(t, 64)
  if (arena === null) return
  const large = { width: 1000, height: 1000 } // 4,000,000 of 4,194,304 bytes
  const buffer = arena.acquire(large)
  assert.equal(buffer.scratch, true)
  assert.equal(arena.tryAcquire(large), null)
  const wait = arena.acquireAsync(large)
  buffer.data.fill(1)
  buffer.release()
  const next = await wait
  assert.equal(next.scratch, true)
  assert.ok(shows(next, 0), 'a new file reads as zeros')
  next.release()
  assert.throws(() => arena.acquire({ width: 1025, height: 1024 }), { code: 'ERR_SHAPE_TOO_LARGE' })
})

test('who waits is served by what comes back, on a disk or in memory', async (t) => {
  const arena = make(t, 1)
  if (arena === null) return
  const buffers = fill(arena, 3)
  const waits = [arena.acquireAsync(shape), arena.acquireAsync(shape)]
  buffers[2]?.release()
  const onDisk = await waits[0]
  assert.equal(onDisk?.scratch, true)
  assert.equal(arena.stats().waiting, 1)
  buffers[0]?.release()
  const inMemory = await waits[1]
  assert.equal(inMemory?.scratch, false)
  for (const each of [buffers[1], onDisk, inMemory]) each?.release()
})

test('it is moved, adopted, retained and pinned like any other', async (t) => {
  const arena = make(t, 1)
  if (arena === null) return
  using other = PixelArena.attach(arena.share())
  const held = fill(arena, 2)
  const moved = arena.acquire(shape)
  moved.data.fill(9)
  const adopted = other.adopt(moved.move())
  assert.equal(adopted.scratch, true)
  assert.ok(shows(adopted, 9))
  const retained = adopted.retain()
  let end = (): void => {}
  const pin = adopted.pin((data) => {
    return new Promise<number | undefined>((resolve) => {
      end = () => resolve(data[0])
    })
  })
  adopted.release()
  assert.ok(shows(retained, 9))
  retained.release()
  assert.equal(checkArena(arena).pinned, 1)
  assert.equal(arena.stats().scratchBytes, slotBytes)
  end()
  await pin
  assert.ok(await until(() => arena.stats().scratchBytes === 0))
  for (const each of held) each.release()
})

test('all that its ArrayBuffer shows can be read, written and cloned', (t) => {
  const arena = make(t, 1000)
  if (arena === null) return
  const held = fill(arena, 2)
  for (const width of [1, 100, 129, 300, 777, 1001, 1500]) {
    const buffer: PixelBuffer = arena.acquire({ width, height: width })
    assert.equal(buffer.scratch, true)
    buffer.data.fill(3)
    const all = new Uint8Array(buffer.data.buffer)
    all[all.length - 1] = 4
    assert.deepEqual(structuredClone(buffer.data), buffer.data)
    buffer.release()
    assert.equal(all.length, 0)
  }
  for (const each of held) each.release()
})

test('what was forgotten comes back, and what was transferred away stays', async (t) => {
  const arena = make(t, 2)
  if (arena === null) return
  const held = fill(arena, 2)
  fill(arena, 2)
  assert.ok(await collectUntil(() => arena.stats().leaked === 2))
  assert.ok(await until(() => arena.stats().scratchBytes === 0))
  if (canTransfer) {
    const buffer = arena.acquire(shape)
    buffer.data.fill(5)
    const taken = new Uint8Array(buffer.data.buffer.transfer())
    buffer.release()
    assert.equal(checkArena(arena).quarantined, 1)
    assert.equal(arena.stats().scratchBytes, slotBytes)
    assert.ok(taken.every((sample) => sample === 5))
  }
  for (const each of held) each.release()
})

test('after close() buffers in hand keep their files until they are released', async (t) => {
  const arena = make(t, 1)
  if (arena === null) return
  const buffers = fill(arena, 3)
  arena.close()
  assert.equal(arena.stats().scratchBytes, slotBytes)
  for (const [i, each] of buffers.entries()) {
    assert.ok(shows(each, i + 1))
    each.release()
  }
  assert.ok(await until(() => arena.stats().scratchBytes === 0))
  assert.equal(arena.stats().heldBytes, 0)
})

// --- disks that are full

const noMount = 'only root may mount a disk for the test'

test('directories are used in their order, each up to its limit', (t) => {
  const [first, second] = [smallDisk(t, 2 ** 20), smallDisk(t, 2 ** 20)]
  if (first === null || second === null) return t.skip(noMount)
  const scratch = [first, second].map((directory) => {
    return { directory, limit: 3 * slotBytes, fileSystem: 'tmpfs' } as const
  })
  using arena = new PixelArena({ ...kind, budget: 2 * slotBytes, scratch })
  const buffers: PixelBuffer[] = []
  const used = (): number[] => [first, second].map(usedBytes)
  const seen = Array.from({ length: 8 }, () => {
    buffers.push(...fill(arena, 1))
    return used()
  })
  const slots = [0, 0, 1, 2, 3, 3, 3, 3].map((count, i) => [count, Math.max(0, i - 4)])
  assert.deepEqual(
    seen,
    slots.map((pair) => pair.map((count) => count * slotBytes)),
  )
  assert.equal(arena.tryAcquire(shape), null)
  for (const each of buffers) each.release()
})

function usedBytes(directory: string): number {
  const { blocks, bfree, bsize } = statfsSync(directory)
  return (blocks - bfree) * bsize
}

test('when a disk is full the next one is used, and then it is told which is full', async (t) => {
  const [first, second] = [smallDisk(t, 2 * slotBytes), smallDisk(t, slotBytes)]
  if (first === null || second === null) return t.skip(noMount)
  const scratch = [first, second].map((directory) => {
    return { directory, limit: '1GB', fileSystem: 'tmpfs' } as const
  })
  using arena = new PixelArena({ ...kind, budget: 2 * slotBytes, scratch })
  const buffers = fill(arena, 5)
  assert.deepEqual([first, second].map(usedBytes), [2 * slotBytes, slotBytes])
  const message = `the budget is spent and ${second} has no space left; release a buffer or make space there`
  assert.throws(() => arena.acquire(shape), refusal('ERR_SCRATCH_FULL', message))
  assert.equal(arena.tryAcquire(shape), null)
  for (const [i, each] of buffers.entries()) assert.ok(shows(each, i + 1))
  assert.equal(checkArena(arena).scratchBytes, 3 * slotBytes)
  // Who waits is served when there is space again.
  const wait = arena.acquireAsync(shape)
  buffers[3]?.release()
  const served = await wait
  assert.equal(served.scratch, true)
  served.release()
  for (const each of [0, 1, 2, 4]) buffers[each]?.release()
  assert.ok(await until(() => usedBytes(first) + usedBytes(second) === 0))
})

test('a wait for a disk that others filled is over when they make space', async (t) => {
  const disk = smallDisk(t, 4 * slotBytes)
  if (disk === null) return t.skip(noMount)
  const scratch = [{ directory: disk, limit: '1GB', fileSystem: 'tmpfs' }] as const
  using arena = new PixelArena({ ...kind, budget: slotBytes, scratch })
  const held = arena.acquire(shape)
  fs.writeFileSync(`${disk}/others`, Buffer.alloc(4 * slotBytes))
  assert.throws(() => arena.acquire(shape), { code: 'ERR_SCRATCH_FULL' })
  const wait = arena.acquireAsync(shape)
  fs.unlinkSync(`${disk}/others`)
  const served = await wait // its thread looks every second
  assert.equal(served.scratch, true)
  served.release()
  held.release()
})

test('where nobody could make space, nobody waits', async (t) => {
  const disk = smallDisk(t, 4 * slotBytes)
  if (disk === null) return t.skip(noMount)
  const scratch = [{ directory: disk, limit: '1GB', fileSystem: 'tmpfs' }] as const
  using arena = new PixelArena({ ...kind, budget: slotBytes, scratch })
  const large = { width: 256, height: 256 }
  fs.writeFileSync(`${disk}/others`, Buffer.alloc(2 * slotBytes))
  const message = new RegExp(`^the budget is spent and ${disk} has no space left; `)
  await assert.rejects(arena.acquireAsync(large), refusal('ERR_SCRATCH_FULL', message))
  await assert.rejects(
    arena.use(large, () => {}),
    refusal('ERR_SCRATCH_FULL', message),
  )
  assert.equal(arena.stats().waiting, 0)
})
