/** One of the items, whichever number is picked; none of none. */
export function choose<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(items.length, 1)]
}
