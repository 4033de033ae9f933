import { native } from '../native.js'

let told = 0 // bytes

/**
 * Once for each size that is larger than all before: a plain buffer would have taught glibc's malloc
 * to keep what libvips frees, and a slot does not go through malloc.
 */
export function tellMalloc(bytes: number): void {
  if (bytes <= told) return
  told = bytes
  native.tellMalloc(bytes)
}
