import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const packedMax = 300_000 // bytes
const deadlineMs = 300_000
const platform = `${process.platform}-${process.arch}`

/** All that may be in the package, each at least once. */
const expected = [
  /^(CHANGELOG|README)\.md$/,
  /^LICENSE$/,
  /^bin\/pixelpool\.js$/,
  /^dist\/src\/(sharp\/)?[a-z-]+\.d\.ts$/,
  /^dist\/src\/(sharp\/)?[a-z-]+\.js$/,
  /^native\/addon\.gypi$/,
  /^native\/[a-z]+\/[a-z_]+\.(cc|h)$/,
  /^package\.json$/,
  /^prebuilds\/[a-z0-9+-]+\/pixelpool(\.glibc|\.musl)?\.node$/,
]

const firstExample = `
const pool = new PixelPool({ slots: 2, shape: { width: 640, height: 480 } })
const buffer = pool.acquire()
try {
  buffer.data.fill(255)
  console.log(buffer.data.length)
} finally {
  buffer.release()
}
`

const skip = process.platform === 'win32' ? 'needs a POSIX shell' : false

describe('the package', { skip }, () => {
  const temporary = mkdtempSync(join(tmpdir(), 'pixelpool-package-'))
  const project = join(temporary, 'project')
  const installed = join(project, 'node_modules', 'pixelpool')
  const prebuilt = join(installed, 'prebuilds')
  const bare = join(temporary, 'bare')
  let tarball = ''

  before(() => {
    tarball = pack(join(temporary, 'repository'))
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }')
    writeFileSync(join(project, 'esm.mjs'), `import { PixelPool } from 'pixelpool'${firstExample}`)
    const required = `const { PixelPool } = require('pixelpool')${firstExample}`
    writeFileSync(join(project, 'common.cjs'), required)
    writeFileSync(
      join(project, 'error.mjs'),
      "import('pixelpool').catch(({ code, message }) => console.log(code, message))",
    )
    mkdirSync(bare)
    for (const tool of ['node', 'npm', 'npx', 'sh', 'mkdir', 'printf']) link(tool, bare)
  })

  after(() => rmSync(temporary, { recursive: true }))

  test('holds what it must and nothing else', () => {
    const files = succeeds(temporary, ['tar', '-tzf', tarball])
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^package\//, ''))
    const strangers = files.filter((file) => !expected.some((pattern) => pattern.test(file)))
    assert.deepEqual(strangers, [])
    for (const pattern of expected)
      assert.ok(
        files.some((file) => pattern.test(file)),
        `${pattern}`,
      )
    for (const name of ['README.md', 'CHANGELOG.md']) assert.ok(files.includes(name), name)
    const modules = files.filter((file) => file.startsWith('dist/') && file.endsWith('.js'))
    assert.deepEqual(modules.sort(), sources('src').map(toModule).sort())
    assert.deepEqual(
      files.filter((file) => file.endsWith('.cc')).sort(),
      sources('native')
        .filter((file) => file.endsWith('.cc'))
        .sort(),
    )
  })

  test(`is smaller than ${packedMax} bytes`, () => {
    assert.ok(statSync(tarball).size < packedMax, `${statSync(tarball).size} bytes`)
  })

  test('satisfies publint', () => {
    succeeds(root, [bin('publint'), tarball, '--strict'])
  })

  test('resolves its types as attw wants it, for every way to import it', () => {
    // An ES module under require() is meant: every Node that is supported can do that.
    const rules = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm']
    succeeds(root, [bin('attw'), tarball, ...rules])
  })

  test('installs with scripts allowed and no compiler', () => {
    succeeds(project, ['npm', 'install', '--no-audit', '--no-fund', tarball], bare)
    const lock = readFileSync(join(project, 'package-lock.json'), 'utf8')
    assert.ok(!lock.includes('hasInstallScript'))
    assert.ok(!readdirSync(installed).includes('binding.gyp'))
    assert.ok(!readdirSync(installed).includes('build'))
  })

  test('runs the first example from an ES module', () => {
    assert.equal(succeeds(project, ['node', 'esm.mjs'], bare), '1228800\n')
  })

  test('runs the first example from require()', () => {
    assert.equal(succeeds(project, ['node', 'common.cjs'], bare), '1228800\n')
  })

  test('says in one line that its addon does not load, and what to do', () => {
    const file = readdirSync(join(prebuilt, platform)).find((name) => name.endsWith('.node')) ?? ''
    writeFileSync(join(prebuilt, platform, file), 'not an addon')
    assert.match(
      succeeds(project, ['node', 'error.mjs'], bare),
      /^ERR_UNSUPPORTED_RUNTIME the addon for [\w-]+ does not load \(.+\); run `npx pixelpool build` to compile it here\n$/,
    )
  })

  test('says in one line that it has no addon, and what to do', () => {
    rmSync(prebuilt, { recursive: true })
    assert.equal(
      succeeds(project, ['node', 'error.mjs'], bare),
      `ERR_UNSUPPORTED_RUNTIME the addon for ${platform} is not in the package; run \`npx pixelpool build\` to compile it here\n`,
    )
  })

  test('says in one line that a tool is missing, and leaves nothing behind', () => {
    const before = readdirSync(installed)
    for (const [missing, present] of [
      ['Python 3', []],
      ['make', ['python3']],
      ['a C\\+\\+ compiler', ['python3', 'make']],
    ] as const) {
      for (const tool of present) link(tool, bare)
      const { status, stdout, stderr } = run(project, ['npx', 'pixelpool', 'build'], bare)
      assert.equal(status, 1)
      assert.equal(stdout, '')
      assert.match(ours(stderr), new RegExp(`^pixelpool: cannot compile: ${missing} is missing\n$`))
      assert.ok(!readdirSync(installed).includes('binding.gyp'))
    }
    rmSync(join(installed, 'build'), { recursive: true, force: true })
    assert.deepEqual(readdirSync(installed), before)
  })

  test('compiles its addon by `npx pixelpool build`, and keeps nothing else', () => {
    const before = readdirSync(installed)
    const said = succeeds(project, ['npx', 'pixelpool', 'build'])
    assert.equal(said, `pixelpool: compiled the addon for ${platform}\n`)
    assert.deepEqual(readdirSync(installed).sort(), [...before, 'build'].sort())
    assert.deepEqual(readdirSync(join(installed, 'build')), ['Release'])
    assert.deepEqual(readdirSync(join(installed, 'build', 'Release')), ['pixelpool.node'])
    assert.equal(succeeds(project, ['node', 'esm.mjs'], bare), '1228800\n')
    assert.equal(succeeds(project, ['node', 'common.cjs'], bare), '1228800\n')
  })

  test('shows its usage, and refuses what it does not know', () => {
    assert.match(
      succeeds(project, ['npx', 'pixelpool', '--help'], bare),
      /^usage: pixelpool build\n/,
    )
    for (const args of [[], ['built'], ['build', 'it']]) {
      const { status, stderr } = run(project, ['npx', 'pixelpool', ...args], bare)
      assert.equal(status, 2)
      assert.match(ours(stderr), /^usage: pixelpool build\n/)
    }
  })
})

/**
 * Packs a copy of the repository, so that nothing that is being used here is built anew. Answers
 * the tarball's path.
 */
function pack(copy: string): string {
  const left = ['.git', '.runtimes', 'build', 'dist', 'node_modules', 'prebuilds']
  cpSync(root, copy, {
    recursive: true,
    filter: (source) => !left.some((name) => source === join(root, name)),
  })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  succeeds(copy, ['npm', 'pack', '--pack-destination', copy])
  const name = readdirSync(copy).find((file) => file.endsWith('.tgz'))
  assert.ok(name !== undefined)
  return join(copy, name)
}

/** The files of a folder, named from the repository's top. */
function sources(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? sources(path) : [path]
  })
}

function toModule(source: string): string {
  return `dist/${source.replace(/\.ts$/, '.js')}`
}

function bin(name: string): string {
  return join(root, 'node_modules', '.bin', name)
}

/** Puts a program that is on the path into a folder. */
function link(name: string, folder: string): void {
  const target = join(folder, name)
  rmSync(target, { force: true })
  if (name === 'python3') {
    // It may be one of those that choose another by looking around.
    symlinkSync(
      succeeds(root, ['python3', '-c', 'import sys; print(sys.executable)']).trim(),
      target,
    )
    return
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.find((each) => statSync(join(each, name), { throwIfNoEntry: false }))
  assert.ok(found !== undefined, `${name} is needed`)
  symlinkSync(name === 'node' ? process.execPath : realpathSync(join(found, name)), target)
}

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program as a user's shell would, with nothing of the npm that runs this test. */
function run(folder: string, [command = '', ...args]: string[], path?: string): Ended {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle|command|config_(node_gyp|local_prefix))|INIT_CWD|CC$|CXX$|NODE_TEST)/.test(
        name,
      ),
  )
  const env = { ...Object.fromEntries(kept), PATH: path ?? process.env.PATH }
  return spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: deadlineMs })
}

function succeeds(folder: string, line: string[], path?: string): string {
  const { status, stdout, stderr } = run(folder, line, path)
  const name = [basename(line[0] ?? ''), ...line.slice(1)].join(' ')
  assert.equal(status, 0, `${name} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

/** Without what npm has to say about its own configuration. */
function ours(stderr: string): string {
  return stderr.replace(/^npm (warn|notice).*\n/gm, '')
}
