import { fileURLToPath } from 'node:url'

/** As frames of ES modules name it, and as all others do. */
const ourFolder = new URL('.', import.meta.url).href
const ourPath = fileURLToPath(ourFolder)
const framesMax = 8

/**
 * Remembers where each buffer in hand was acquired, and warns of those that were collected without
 * release, once a call site. It keeps text, never an Error: the frames of one would keep the buffer
 * alive.
 *
 * Cost: about 8 us a buffer.
 */
export class Leaks {
  readonly #sites: Map<number, string> = new Map() // by wrap
  readonly #told: Set<string> = new Set()

  /** The place in the user's code that is running now. */
  static here(): string {
    const stack = String(new Error().stack)
    const frames = stack.split('\n').slice(1)
    const users = frames.filter((frame) => !frame.includes(ourFolder) && !frame.includes(ourPath))
    return users.slice(0, framesMax).join('\n')
  }

  begin(wrap: number, site: string): void {
    this.#sites.set(wrap, site)
  }

  end(wrap: number): void {
    this.#sites.delete(wrap)
  }

  site(wrap: number): string | undefined {
    return this.#sites.get(wrap)
  }

  /** Warns of buffers that were collected without release. */
  tell(wraps: readonly number[]): void {
    for (const wrap of wraps) {
      const site = this.#sites.get(wrap)
      this.#sites.delete(wrap)
      if (site === undefined || this.#told.has(firstFrame(site))) continue
      this.#told.add(firstFrame(site))
      process.emitWarning('a PixelBuffer was collected without release(); its memory came back', {
        type: 'PixelPoolLeak',
        code: 'PIXELPOOL_LEAK',
        detail: `acquired\n${site}`,
      })
    }
  }

  /** Who holds buffers now, most first, a line for each first frame. */
  holders(): string {
    const counts = new Map<string, number>()
    for (const site of this.#sites.values()) {
      const frame = firstFrame(site)
      counts.set(frame, (counts.get(frame) ?? 0) + 1)
    }
    const lines = [...counts].sort(([, a], [, b]) => b - a)
    return lines.map(([frame, count]) => `\n  ${count} acquired ${frame}`).join('')
  }
}

function firstFrame(site: string): string {
  return site.split('\n', 1)[0]?.trim() ?? ''
}
