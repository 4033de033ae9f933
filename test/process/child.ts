import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const deadlineMs = 60_000

/**
 * A process that ends while V8 compiles on another thread can wait for that thread for ever
 * (nodejs/node#54918, in 2 of 400 runs on Node 24, with a stack that has nothing of ours).
 */
const settled = ['--no-concurrent-recompilation', '--no-concurrent-sparkplug']

export interface ChildOptions {
  /** Options of Node, such as `--expose-gc`. */
  readonly node?: readonly string[]
  /** A command that starts Node in its turn, such as `prlimit`, with its arguments. */
  readonly through?: readonly [command: string, ...args: string[]]
  readonly environment?: Readonly<Record<string, string>>
}

/** How a child process ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly errors: string
}

/** Runs a script of the folder children/ in a process of its own, until it ends. */
export function run(
  script: string,
  args: readonly string[],
  { node = [], through, environment = {} }: ChildOptions = {},
): Promise<Ended> {
  const path = fileURLToPath(new URL(`children/${script}.js`, import.meta.url))
  const line = [...(through ?? []), process.execPath, ...settled, ...node, path, ...args]
  const [command = process.execPath, ...rest] = line
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, output, errors }))
  })
}

/** Runs one scenario of a script, which must reach its end and leave the process unharmed. */
export async function passes(
  script: string,
  scenario: string,
  options: ChildOptions = {},
): Promise<Ended> {
  const ended = await run(script, [scenario], options)
  const { code, signal, output, errors } = ended
  const told = `${script} ${scenario} ended with ${signal ?? code}:\n${output}${errors}`
  assert.ok(code === 0 && output.includes(`done: ${scenario}\n`), told)
  return ended
}

/** Whether this system has a command. */
export function has(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined
}
