import { native } from './native.js'

/** Who wants to know that something happened to a pool in another thread, or by itself. */
export interface Listener {
  onRing(): void
}

/** Bun and Deno say here that they are not Node. */
const endsByFinalizers = !('bun' in process.versions || 'deno' in process.versions)
const listeners: Set<WeakRef<Listener>> = new Set()
let bell: number | undefined

/** The number of this thread's bell: pools that are made with it ring here. */
export function ownBell(): number {
  bell ??= native.start(() => {
    for (const each of listeners) each.deref()?.onRing()
  }, endsByFinalizers)
  return bell
}

/** Calls the listener on each ring for as long as somebody holds it. */
export function listen(listener: Listener): void {
  for (const each of listeners) if (each.deref() === undefined) listeners.delete(each)
  listeners.add(new WeakRef(listener))
}
