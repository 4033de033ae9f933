/** What one case measured, by name. */
export type Numbers = Readonly<Record<string, number>>

export interface Outcome {
  readonly numbers: Numbers
  /** One number a loop or a step, for benches that draw a line. */
  readonly series?: readonly number[]
}

/** A column shows a number, or its ratio to the same number of another rival in the same round. */
export interface Column {
  readonly title: string
  readonly key: string
  readonly digits: number
  readonly to?: string
  /** Those that have this number. Default: all. */
  readonly rivals?: readonly string[]
}

/** What is promised of one number; `column` is the title of the column that shows it. */
export interface Target {
  readonly rival: string
  readonly group: string
  readonly column: string
  readonly atMost?: number
  readonly atLeast?: number
  /** Node's major versions it is promised for. Default: all. */
  readonly nodes?: { readonly from: number; readonly to: number }
}

export interface Bench {
  readonly name: string
  /** One sentence. */
  readonly about: string
  /** Sizes, mostly; `['']` where there is one only. */
  readonly groups: readonly string[]
  readonly rivals: readonly string[]
  /** How often each case is run, one after another in turn, each time in a fresh process. */
  readonly rounds: number
  /**
   * MB that another process touches just before each case. In a virtual machine the host may have
   * taken free memory away, and to get it back costs milliseconds a huge page: this is not what
   * the bench is about. Default 0.
   */
  readonly hostMb?: number
  readonly columns: readonly Column[]
  readonly targets: readonly Target[]
  /** The number that the picture shows; `line` draws the series instead. */
  readonly picture: {
    readonly key: string
    readonly title: string
    readonly form: 'bar' | 'log' | 'line'
    /** Of a line: what its numbers follow, and how far apart they are. Default: one a loop. */
    readonly along?: { readonly title: string; readonly step: number }
  }
  /** Makes the files that the cases read, in filesFolder(); what is there stays. */
  prepare?(smoke: boolean): Promise<void>
  /** What a rival's processes find in their environment beside what this one has. */
  environment?(rival: string): NodeJS.ProcessEnv
  /** Runs one case in this process. */
  measure(rival: string, group: string, smoke: boolean): Promise<Outcome>
}

/** Columns that all benches have. */
export const usageColumns: readonly Column[] = [
  { title: 'GCs', key: 'gcCount', digits: 0 },
  { title: 'GC ms', key: 'gcMs', digits: 1 },
  { title: 'longest GC ms', key: 'gcLongestMs', digits: 1 },
  { title: 'peak MB', key: 'peakMb', digits: 0 },
  { title: 'idle MB', key: 'idleMb', digits: 0 },
]

/** The one of a bench's own names that was given to a child process as text. */
export function known<T extends string>(names: readonly T[], name: string): T {
  const found = names.find((each) => each === name)
  if (found === undefined) throw new RangeError(`no case ${name}`)
  return found
}
