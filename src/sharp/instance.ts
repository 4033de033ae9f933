import type { Sharp } from 'sharp'

/** Whether something is a pipeline of sharp, whichever copy of sharp made it. */
export function isSharp(value: unknown): value is Sharp {
  return typeof value === 'object' && value !== null && 'toBuffer' in value
}
