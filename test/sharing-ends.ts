import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { PixelPool, type PoolToken } from '../src/index.js'
import { type Answer, type Command, Seat, type Tell } from './sharing-seat.js'

/** One end of a shared pool, here or in a thread of its own. */
export interface End {
  perform(command: Command): Promise<Answer>
  /** Where a thread can die: ends it with all that it holds. */
  readonly terminate?: () => Promise<void>
}

export type OpenEnd = (token: PoolToken<'uchar'>, tell: Tell) => Promise<End>

export const openHere: OpenEnd = async (token, tell) => new Seat(PixelPool.attach(token), tell)

type Message =
  | { readonly name: number; readonly outcome: string }
  | { readonly answer: Answer }
  | { readonly error: string }

class Remote implements End {
  readonly #worker: Worker
  readonly #tell: Tell
  #answered: ((answer: Answer) => void) | null = null
  #failed: ((error: Error) => void) | null = null

  constructor(worker: Worker, tell: Tell) {
    this.#tell = tell
    this.#worker = worker
    this.#worker.on('message', (message: Message) => this.#hear(message))
    this.#worker.on('error', (error) => this.#failed?.(error))
  }

  perform(command: Command): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      this.#worker.postMessage(command)
    })
  }

  readonly terminate = async (): Promise<void> => {
    const exited = once(this.#worker, 'exit')
    await this.#worker.terminate()
    await exited
  }

  #hear(message: Message): void {
    if ('answer' in message) this.#answered?.(message.answer)
    else if ('error' in message) this.#failed?.(new Error(message.error))
    else this.#tell(message.name, message.outcome)
  }
}

export const openInWorker: OpenEnd = async (token, tell) => {
  const worker = new Worker(new URL('sharing-worker.js', import.meta.url), { workerData: token })
  await once(worker, 'message') // it has attached
  return new Remote(worker, tell)
}
