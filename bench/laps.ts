import { geometricMean, median } from 'simple-statistics'

/** The time of single jobs, by the name of what each was done to. */
export class Laps {
  readonly #wall = new Map<string, number[]>() // ms
  readonly #cpu = new Map<string, number[]>() // ms, of all threads
  #count = 0
  #faults = 0

  get count(): number {
    return this.#count
  }

  /** Of each name the median, and of those the geometric mean: each name weighs the same. */
  get wallMs(): number {
    return geometricMean([...this.#wall.values()].map(median))
  }

  get cpuMs(): number {
    return geometricMean([...this.#cpu.values()].map(median))
  }

  /** Minor page faults of a job, in the mean: of most there may be none. */
  get faults(): number {
    return this.#faults / this.#count
  }

  async time(name: string, job: () => Promise<void>): Promise<void> {
    const begin = performance.now()
    const before = process.cpuUsage()
    const faultsBefore = process.resourceUsage().minorPageFault
    await job()
    const { user, system } = process.cpuUsage(before) // us
    add(this.#wall, name, performance.now() - begin)
    add(this.#cpu, name, (user + system) / 1e3)
    this.#faults += process.resourceUsage().minorPageFault - faultsBefore
    this.#count++
  }
}

function add(lists: Map<string, number[]>, name: string, value: number): void {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [value])
  else list.push(value)
}
