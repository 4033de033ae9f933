import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Names in node_modules: the oldest that is supported, the house's own, the newest. */
const compilers = ['typescript-5.7', 'typescript', 'typescript-7'] as const

/** The strictest that a user may have, with the least that he may have around it. */
const compilerOptions = {
  module: 'NodeNext',
  target: 'ES2022',
  lib: ['ES2022'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
}

/** A CommonJS program, for a compiler that knows require() of an ES module. */
const common = `
import pixelpool = require('pixelpool')
import withSharp = require('pixelpool/sharp')
const pool = new pixelpool.PixelPool({ slots: 1, shape: { width: 4, height: 4, depth: 'float' } })
export const pixels: Float32Array<ArrayBuffer> = pool.acquire().data
export const { decode, encode } = withSharp
`

describe("the types, in a user's project", () => {
  const project = mkdtempSync(join(tmpdir(), 'pixelpool-types-'))

  before(() => {
    const modules = join(project, 'node_modules')
    mkdirSync(modules)
    symlinkSync(root, join(modules, 'pixelpool'), 'junction')
    for (const name of ['@types', 'sharp']) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction')
    }
    cpSync(join(root, 'test', 'types', 'consumer.ts'), join(project, 'consumer.ts'))
    writeFileSync(join(project, 'common.cts'), common)
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  })

  after(() => rmSync(project, { recursive: true }))

  for (const compiler of compilers) {
    test(`compile with ${compiler}, and refuse misuse`, () => {
      assert.equal(compile(compiler, project, 'consumer.ts'), '')
    })
  }

  for (const compiler of compilers.slice(1)) {
    test(`compile from CommonJS with ${compiler}`, () => {
      assert.equal(compile(compiler, project, 'common.cts'), '')
    })
  }
})

/** Answers what the compiler has to complain about. */
function compile(compiler: string, project: string, file: string): string {
  const config = join(project, 'tsconfig.json')
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }))
  const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc')
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' })
  return `${stdout}${stderr}`
}
