import type { Bench } from './bench.js'

/** Loaded one by one, so that no process carries the libraries of another's bench. */
const load: Readonly<Record<string, () => Promise<Bench>>> = {
  'acquire-release': async () => (await import('./cases/acquire-release.js')).acquireRelease,
  'fill-frame': async () => (await import('./cases/fill-frame.js')).fillFrame,
  'first-touch': async () => (await import('./cases/first-touch.js')).firstTouch,
  pipeline: async () => (await import('./cases/pipeline.js')).pipeline,
  mixed: async () => (await import('./cases/mixed.js')).mixed,
  burst: async () => (await import('./cases/burst.js')).burst,
  'gif-loop': async () => (await import('./cases/gif-loop.js')).gifLoop,
  'write-animation': async () => (await import('./cases/write-animation.js')).writeAnimation,
  decode: async () => (await import('./cases/decode.js')).decode,
  'decode-memory': async () => (await import('./cases/decode-memory.js')).decodeMemory,
  strips: async () => (await import('./cases/strips.js')).strips,
  'hand-over': async () => (await import('./cases/hand-over.js')).handOver,
  waiting: async () => (await import('./cases/waiting.js')).waiting,
  'wake-up': async () => (await import('./cases/wake-up.js')).wakeUp,
  server: async () => (await import('./cases/server.js')).server,
  'pixel-loop': async () => (await import('./cases/pixel-loop.js')).pixelLoop,
}

export const benchNames: readonly string[] = Object.keys(load)

export async function loadBench(name: string): Promise<Bench> {
  const bench = await load[name]?.()
  if (bench === undefined) {
    throw new RangeError(`--only must be one of ${benchNames.join(', ')}, got ${name}`)
  }
  return bench
}
