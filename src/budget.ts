import { type ByteCount, toBytes } from './bytes.js'
import { argumentError } from './errors.js'
import { memoryLimit } from './memory-limit.js'

const shareDefault = 0.25
const leastBytes = 65_536

/**
 * Bytes of a budget: a count, or a fraction (above 0, below 1) of what this process may use.
 *
 * @throws {PoolError} `ERR_INVALID_ARGUMENT`
 */
export function toBudget(value: ByteCount = shareDefault): number {
  const isFraction = typeof value === 'number' && 0 < value && value < 1
  const bytes = isFraction ? Math.floor(value * memoryLimit()) : toBytes(value)
  if (leastBytes <= bytes && bytes <= memoryLimit()) return bytes
  const what = `a size such as '512MB', bytes from ${leastBytes} to ${memoryLimit()}, or a fraction of those`
  throw argumentError('budget', what, value)
}
