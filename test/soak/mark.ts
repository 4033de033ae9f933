import assert from 'node:assert/strict'
import type { PixelBuffer } from '../../src/index.js'
import { hashOf } from './photos.js'

/** What tells that pixels are those that were put there: the number they were painted with, or a hash. */
export type Mark = number | string

type Samples = PixelBuffer['data'] | Uint8Array

const pageWords = 1024 // of 32 bits
const windowWords = 16 * pageWords

/** All over the same number, but for the first word of each 4 KiB, which also tells their place. */
export function paint(samples: Samples, mark: number): void {
  const words = toWords(samples)
  words.fill(mark)
  for (let i = 0; i < words.length; i += pageWords) words[i] = stamp(mark, i)
}

/** Looks at each 4 KiB, and at every word of 64 KiB somewhere. @throws {AssertionError} */
export function check(samples: Samples, mark: Mark, roll: () => number): void {
  if (typeof mark === 'number') {
    checkWords(toWords(samples), (i) => (i % pageWords === 0 ? stamp(mark, i) : mark), roll)
  } else {
    const { buffer, byteOffset, byteLength } = samples
    const hash = hashOf(new Uint8Array(buffer, byteOffset, byteLength))
    assert.equal(hash, mark, 'a photograph is not what it was')
  }
}

/** As an arena that clears must hand out memory. @throws {AssertionError} */
export function checkZero(samples: Samples, roll: () => number): void {
  checkWords(toWords(samples), () => 0, roll)
}

function checkWords(words: Uint32Array, expected: (i: number) => number, roll: () => number): void {
  for (let i = 0; i < words.length; i += pageWords) expect(words, i, expected(i))
  const from = Math.floor(roll() * Math.max(words.length - windowWords, 0))
  const to = Math.min(from + windowWords, words.length)
  for (let i = from; i < to; i++) expect(words, i, expected(i))
}

function expect(words: Uint32Array, i: number, expected: number): void {
  if (words[i] === expected) return
  const where = `word ${i} of ${words.length}`
  assert.fail(`pixels are not what they were: ${where} is ${words[i]} and not ${expected}`)
}

function toWords({ buffer, byteOffset, byteLength }: Samples): Uint32Array {
  return new Uint32Array(buffer, byteOffset, Math.floor(byteLength / 4))
}

function stamp(mark: number, i: number): number {
  return (Math.imul(mark, 0x9e3779b1) ^ i) >>> 0
}
