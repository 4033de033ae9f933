import { totalmem } from 'node:os'

/** Bytes that this process may use at most: its control group's, or the machine's. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory?.() ?? 0
  const total = totalmem()
  return 0 < constrained && constrained < total ? constrained : total
}
