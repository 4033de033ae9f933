import assert from 'node:assert/strict'
import { PoolError, type PoolErrorCode } from '../src/index.js'

/** What a call must throw: the code is the contract, the text is checked so that it stays good. */
export function refusal(code: PoolErrorCode, message: string | RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof PoolError, `a PoolError, got ${error}`)
    assert.equal(error.code, code)
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    return true
  }
}

export const invalid = (message: string | RegExp): ((error: unknown) => true) =>
  refusal('ERR_INVALID_ARGUMENT', message)
