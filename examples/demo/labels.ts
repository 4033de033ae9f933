import type { Mode } from './job.js'

/** What the modes are called where people read. */
export const labels: Readonly<Record<Mode, string>> = {
  plain: 'plain sharp buffers',
  copy: 'pooled copy',
  direct: 'pooled direct',
  fileToFile: 'file to file',
  arena: 'one arena',
}
