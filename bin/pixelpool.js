#!/usr/bin/env node
// Compiles the addon inside the installed package, where no prebuilt one fits.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const binding = join(root, 'binding.gyp')
const addon = join(root, 'build', 'Release', 'pixelpool.node')
const platform = `${process.platform}-${process.arch}`

const usage = `usage: pixelpool build

  build          compiles the addon for ${platform}; needs a C++17 compiler, make and Python 3
  -h, --help     shows this
  -v, --version  shows the version`

/** What node-gyp says when a tool is missing, and what to call that tool. */
const missingTools = [
  [/not found: make|spawn make ENOENT/, 'make'],
  [/Could not find any Python/, 'Python 3'],
  [/Could not find any Visual Studio/, 'a C++ compiler (Visual Studio)'],
  [/No Xcode or CLT/, 'a C++ compiler (the Xcode command line tools)'],
  [/(cc|\+\+|clang): (command )?(not found|No such file)/, 'a C++ compiler'],
]

/** Tells what went wrong, in one line. */
class Failure extends Error {}

function build() {
  const nodeGyp = findNodeGyp()
  // An interrupt ends node-gyp; this process lives on to tidy up.
  process.on('SIGINT', () => {})
  const wroteBinding = writeBinding()
  try {
    const { status, output, error } = run(nodeGyp)
    if (error !== undefined) throw new Failure(`cannot compile: ${error.message}`)
    if (status !== 0) throw explain(output)
    keepOnlyAddon()
  } finally {
    if (wroteBinding) rmSync(binding)
  }
  createRequire(import.meta.url)(addon)
  console.log(`pixelpool: compiled the addon for ${platform}`)
}

/** npm names its own node-gyp to whatever it runs; others have to bring one. */
function findNodeGyp() {
  const named = process.env.npm_config_node_gyp
  if (named !== undefined && named !== '') return named
  for (const place of [root, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(join(place, 'package.json')).resolve('node-gyp/bin/node-gyp.js')
    } catch {}
  }
  throw new Failure('cannot compile: there is no node-gyp; run `npx pixelpool build`')
}

/** The package has no binding.gyp of its own: npm would compile at each install. */
function writeBinding() {
  try {
    writeFileSync(binding, '{ "includes": ["native/addon.gypi"] }\n', { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw new Failure(`cannot compile: ${error.message}`)
  }
}

function run(nodeGyp) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [nodeGyp, 'rebuild'], {
    cwd: root,
    // npm may have been told to be silent: then nobody would know why it failed.
    env: { ...process.env, npm_config_loglevel: 'error' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, output: `${stdout}${stderr}`, error }
}

function explain(output) {
  const [, tool] = missingTools.find(([text]) => text.test(output)) ?? []
  if (tool !== undefined) return new Failure(`cannot compile: ${tool} is missing`)
  console.error(output)
  return new Failure('the addon did not compile; see above')
}

function keepOnlyAddon() {
  const kept = join(root, 'pixelpool.node')
  renameSync(addon, kept)
  rmSync(join(root, 'build'), { recursive: true })
  mkdirSync(join(root, 'build', 'Release'), { recursive: true })
  renameSync(kept, addon)
}

const [command, ...rest] = process.argv.slice(2)
if (command === 'build' && rest.length === 0) {
  try {
    build()
  } catch (error) {
    console.error(`pixelpool: ${error.message}`)
    process.exitCode = 1
  }
} else if (command === '--help' || command === '-h') {
  console.log(usage)
} else if (command === '--version' || command === '-v') {
  console.log(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
} else {
  console.error(usage)
  process.exitCode = 2
}
