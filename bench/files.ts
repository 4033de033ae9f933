const variable = 'PIXELPOOL_BENCH_FILES'

/** The folder of the files that a bench's `prepare()` makes and its cases read. */
export function filesFolder(): string {
  const folder = process.env[variable]
  if (folder === undefined) throw new Error(`${variable} must name a folder`)
  return folder
}

/** The environment of a process for which {@link filesFolder} answers `folder`. */
export function withFiles(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, [variable]: folder }
}

/** One that is kept from run to run, or null. */
export function filesGiven(): string | null {
  return process.env[variable] ?? null
}
