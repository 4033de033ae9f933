/** What a user writes to wait for one of a few things: promises, first come first served. */
export class WaitingList<T extends NonNullable<unknown>> {
  readonly #free: T[]
  readonly #waiting: ((item: T) => void)[] = []

  constructor(items: readonly T[]) {
    this.#free = [...items]
  }

  async acquire(): Promise<T> {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  release(item: T): void {
    const serve = this.#waiting.shift()
    if (serve === undefined) this.#free.push(item)
    else serve(item)
  }
}
