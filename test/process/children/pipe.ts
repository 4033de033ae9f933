import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, read, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const readInto = promisify(read)

/** A named pipe that is open at both ends: a read of it runs until something is written. */
export class Pipe implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  readonly #file: number

  constructor() {
    const path = join(this.#folder, 'pipe')
    execFileSync('mkfifo', [path])
    this.#file = openSync(path, constants.O_RDWR)
  }

  /** Answers how many bytes were read. */
  async read(target: NodeJS.ArrayBufferView): Promise<number> {
    const { bytesRead } = await readInto(this.#file, target, 0, target.byteLength, null)
    return bytesRead
  }

  write(bytes: Uint8Array): void {
    writeSync(this.#file, bytes)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
    rmSync(this.#folder, { recursive: true })
  }
}
