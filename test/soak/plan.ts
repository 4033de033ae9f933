/** What a soak does, and within which limits. */
export interface Plan {
  readonly seed: number
  /** Of load and rests together. */
  readonly seconds: number
  readonly budgetBytes: number
  readonly scratch: readonly { readonly directory: string; readonly limit: number }[]
  /** Beside the main one. */
  readonly workers: number
}

/** How the arena clears is rolled too, so that some soaks see each way. */
export const clears = ['never', 'acquire', 'release'] as const

/**
 * What the process may have beside what the arena holds, and what it had when the load began: the
 * heaps of the threads, the working memory of sharp, and what malloc keeps of both.
 */
export const slackBytes = 150_000_000
