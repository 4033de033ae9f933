import type { Depth, PixelPool } from '../../../src/index.js'
import { checkEquation } from '../../equation.js'

/** Where the slots of a pool are, such as `2 free, 1 leased`; they must add up. */
export function places(pool: PixelPool<Depth>): string {
  const { free, leased, pinned, quarantined } = checkEquation(pool)
  const counts = { free, leased, pinned, quarantined }
  const taken = Object.entries(counts).filter(([, count]) => count > 0)
  return taken.map(([state, count]) => `${count} ${state}`).join(', ')
}
