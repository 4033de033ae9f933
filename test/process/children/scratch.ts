import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { PixelArena, type PixelBuffer } from '../../../src/index.js'
import { until } from './deadline.js'
import { play } from './scenario.js'
import { sees } from './sees.js'

const directory = process.env.PIXELPOOL_SCRATCH ?? ''
const fileSystem = process.env.PIXELPOOL_TMPFS === 'yes' ? 'tmpfs' : undefined
const shape = { width: 512, height: 512 } as const // 1 MiB
const hands: PixelBuffer[] = []

if (isMainThread) await play({ killed, terminated, staleAfterTermination })
else work()

function make(): PixelArena {
  const scratch = [{ directory, limit: '24MiB', fileSystem }] as const
  return new PixelArena({ budget: '2MiB', scratch, hugePages: false, idle: false })
}

function fill(arena: PixelArena, count: number): void {
  for (let i = 0; i < count; i++) {
    const buffer = arena.acquire(shape)
    buffer.data.fill(7)
    hands.push(buffer)
  }
}

/** In the middle: files come and go, and some are there. */
async function killed(): Promise<void> {
  const arena = make()
  fill(arena, 20)
  assert.ok(arena.stats().scratchBytes >= 16 * 2 ** 20)
  assert.deepEqual(readdirSync(directory), [])
  for (const each of hands.splice(0, 8)) each.release()
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}

function work(): void {
  const arena = PixelArena.attach(workerData)
  fill(arena, 6)
  const last = hands.pop()
  assert.ok(last?.scratch)
  const { buffer } = last.data
  parentPort?.postMessage(buffer, [buffer])
  setInterval(() => {}, 1000)
}

/** What a terminated worker had on the disk comes back, and another thread's is untouched. */
async function terminated(): Promise<void> {
  const arena = make()
  fill(arena, 4)
  await letOneDie(arena)
  assert.equal(arena.stats().leased, 4)
  for (const each of hands) assert.ok(sees(each.data, 7))
  for (const each of hands.splice(0)) each.release()
  await until('files are gone', () => arena.stats().scratchBytes === 0)
  fill(arena, 20)
  arena.close()
}

/** What it posted away may be given back, but can be looked at without harm. */
async function staleAfterTermination(): Promise<void> {
  const arena = make()
  fill(arena, 2)
  const memory = new Uint8Array(await letOneDie(arena))
  await until('files are gone', () => arena.stats().scratchBytes === 0)
  assert.ok(memory[0] === 7 || memory[0] === 0)
  arena.close()
  assert.ok(memory[1] === 7 || memory[1] === 0)
}

async function letOneDie(arena: PixelArena): Promise<ArrayBuffer> {
  const worker = new Worker(new URL(import.meta.url), { workerData: arena.share() })
  const [posted]: unknown[] = await once(worker, 'message')
  assert.ok(posted instanceof ArrayBuffer)
  await worker.terminate()
  await until('what it held is back', () => arena.stats().leased === hands.length)
  return posted
}
