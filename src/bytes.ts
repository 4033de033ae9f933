/** How many bytes: a number, or text such as `'512MB'` or `'1.5GiB'`. */
export type ByteCount = number | `${number}${'KB' | 'MB' | 'GB' | 'KiB' | 'MiB' | 'GiB'}`

const units: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** Whole bytes; NaN for what is no such count. */
export function toBytes(value: unknown): number {
  if (typeof value === 'number') return Math.floor(value)
  if (typeof value !== 'string') return Number.NaN
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?) ?(KB|MB|GB|KiB|MiB|GiB)$/.exec(value) ?? []
  return Math.floor(Number(count) * (units[unit] ?? Number.NaN))
}
