import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const touchFile = fileURLToPath(new URL('./touch.js', import.meta.url))

/**
 * Has another process write to so many MB, so that the host of a virtual machine has given those
 * pages when somebody here asks for them.
 */
export async function touchHost(mb: number, node: string = process.execPath): Promise<void> {
  await promisify(execFile)(node, [touchFile, `${mb}`])
}
