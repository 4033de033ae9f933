/**
 * Plays the scenario that the command line names. The last line of output says that it came to its
 * end: a process that has nothing left to wait for ends with success, too.
 */
export async function play(
  scenarios: Readonly<Record<string, () => void | Promise<void>>>,
): Promise<void> {
  const name = process.argv[2] ?? ''
  const scenario = scenarios[name]
  if (scenario === undefined) throw new Error(`there is no scenario '${name}'`)
  await scenario()
  console.log(`done: ${name}`)
}
