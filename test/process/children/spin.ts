/** Blocks the thread, and keeps its core: finer than any timer. */
export function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
