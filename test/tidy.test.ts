import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, posix } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The order in which src/ is read: a file imports only files that stand further down. */
const readingOrder = [
  'src/sharp/index.ts',
  'src/sharp/decode.ts',
  'src/sharp/copy.ts',
  'src/sharp/metadata.ts',
  'src/sharp/strips.ts',
  'src/sharp/reader.ts',
  'src/sharp/direct.ts',
  'src/sharp/warnings.ts',
  'src/sharp/failure.ts',
  'src/sharp/codec.ts',
  'src/sharp/input.ts',
  'src/sharp/request.ts',
  'src/sharp/encode.ts',
  'src/sharp/instance.ts',
  'src/sharp/malloc.ts',
  'src/sharp/place.ts',
  'src/index.ts',
  'src/frames.ts',
  'src/source.ts',
  'src/abort.ts',
  'src/arena.ts',
  'src/advice.ts',
  'src/ladder.ts',
  'src/budget.ts',
  'src/pool.ts',
  'src/options.ts',
  'src/stats.ts',
  'src/lender.ts',
  'src/opening.ts',
  'src/scratch.ts',
  'src/bytes.ts',
  'src/idle.ts',
  'src/pressure.ts',
  'src/memory-limit.ts',
  'src/clock.ts',
  'src/line.ts',
  'src/buffer.ts',
  'src/tokens.ts',
  'src/slots.ts',
  'src/memory.ts',
  'src/search.ts',
  'src/bell.ts',
  'src/handle.ts',
  'src/leaks.ts',
  'src/revoke.ts',
  'src/native.ts',
  'src/native-pool.ts',
  'src/native-codec.ts',
  'src/shape.ts',
  'src/errors.ts',
]

const linesMax = 200

/** Files that may be longer, with the reason. */
const longer: Readonly<Record<string, { readonly max: number; readonly because: string }>> = {
  'src/buffer.ts': { max: 205, because: 'all that can be done with pixels in hand' },
  'src/lender.ts': { max: 270, because: 'the verbs of pools and arenas, half of it documentation' },
  'src/slots.ts': { max: 230, because: 'each thing that can be done to a slot, in a few lines' },
  'native/core/pool.h': { max: 240, because: 'each thing that can be asked of a pool' },
  'native/core/slots.cc': { max: 215, because: 'the state machine of a slot, as a whole' },
}

/** The C++ that knows nothing of Node. */
const nodeFree = ['native/core', 'native/codec'].filter((folder) => existsSync(join(root, folder)))

const scripts = ['src', 'test', 'bench', 'examples'].flatMap(filesOf).filter(is('.ts'))
const native = filesOf('native').filter(is('.h', '.cc'))

test('every file of src/ has its place in the reading order', () => {
  assert.deepEqual(scripts.filter(is('src/')).sort(), [...readingOrder].sort())
})

test('a file of src/ imports only files below it', () => {
  const upwards = scripts.filter(is('src/')).flatMap((file) => {
    const below = readingOrder.slice(readingOrder.indexOf(file) + 1)
    const strangers = importsOf(file).filter((imported) => !below.includes(imported))
    return strangers.map((imported) => `${file} imports ${imported}`)
  })
  assert.deepEqual(upwards, [])
})

/** The files that speak to the system, one for each. */
const ofSystem = /^(pages|system|file|thread)(_|\.cc$)/

test('the core includes itself and the standard library, and few files their system', () => {
  const strangers = native.filter(is(...nodeFree)).flatMap((file) => {
    const isOfSystem = ofSystem.test(basename(file))
    const { quoted, angled } = includesOf(file)
    const wrong = [
      ...quoted.filter((header) => !nodeFree.includes(dirname(header))),
      ...angled.filter((header) => /napi|node|v8|^uv/.test(header)),
      ...angled.filter((header) => !isOfSystem && !/^[a-z_]+$/.test(header)),
    ]
    return wrong.map((header) => `${file} includes ${header}`)
  })
  assert.deepEqual(strangers, [])
})

test('only those files know which system they are on', () => {
  const macros = /\b(_WIN32|__linux__|__APPLE__)\b/
  const knowing = native.filter(is(...nodeFree)).filter((file) => macros.test(read(file)))
  assert.deepEqual(
    knowing.filter((file) => !ofSystem.test(basename(file))),
    [],
  )
})

test('no file is the one that everybody adds to', () => {
  const everybodys = /^(utils?|helpers?|common|misc)$/
  const files = [
    ...scripts,
    ...native,
    ...filesOf('test/core'),
    ...filesOf('test/codec'),
    ...filesOf('bin'),
  ]
  const many = files.filter((file) => everybodys.test(basename(file).split(/[._-]/)[0] ?? ''))
  assert.deepEqual(many, [])
})

test(`no file of src/ or native/ has more than ${linesMax} lines`, () => {
  const lengths = [...scripts.filter(is('src/')), ...native].map((file) => {
    return { file, lines: read(file).split('\n').length - 1 }
  })
  const tooLong = lengths.filter(({ file, lines }) => lines > (longer[file]?.max ?? linesMax))
  assert.deepEqual(tooLong, [])
  const needless = Object.keys(longer).filter((file) => {
    return lengths.every((each) => each.file !== file || each.lines <= linesMax)
  })
  assert.deepEqual(needless, [], 'exceptions that nothing needs any more')
})

test('no module has a default export', () => {
  assert.deepEqual(found(scripts, isDefaultExport), [])
})

test('nothing is of type any', () => {
  assert.deepEqual(
    found(scripts, (node) => node.kind === ts.SyntaxKind.AnyKeyword),
    [],
  )
})

test('no type is asserted but those of the addon', () => {
  assert.deepEqual(found(scripts.filter(isNot('src/native.ts')), isAssertion), [])
})

test('every error code is told of in the README or the docs', () => {
  const told = ['README.md', ...filesOf('docs').filter(is('.md'))].filter(exists).map(read).join()
  const codes = [...read('src/errors.ts').matchAll(/^ {2}\| '(ERR_\w+)'$/gm)].map(
    ([, code]) => code,
  )
  assert.ok(codes.length >= 9)
  assert.deepEqual(
    codes.filter((code) => !told.includes(`\`${code}\``)),
    [],
  )
})

test('the C++ is formatted', (context) => {
  const tests = ['test/core', 'test/codec'].flatMap(filesOf).filter(is('.h', '.cc'))
  const sources = [...native, ...tests]
  const options = { cwd: root, encoding: 'utf8' } as const
  const checked = spawnSync('clang-format', ['--dry-run', '-Werror', ...sources], options)
  if (checked.error !== undefined) return context.skip('clang-format is not here')
  assert.equal(checked.stderr, '')
  assert.equal(checked.status, 0)
})

/** The files of a folder and of those in it, named from the repository's top. */
function filesOf(folder: string): string[] {
  if (!exists(folder)) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesOf(path) : [path]
  })
}

/** Whether a file is in one of some folders or has one of some extensions. */
function is(...marks: string[]): (file: string) => boolean {
  return (file) => marks.some((mark) => extname(file) === mark || file.startsWith(mark))
}

function isNot(...marks: string[]): (file: string) => boolean {
  return (file) => !is(...marks)(file)
}

function exists(path: string): boolean {
  return existsSync(join(root, path))
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The files of this repository that a module imports or re-exports. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(read(file))
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(dirname(file), name).replace(/\.js$/, '.ts'))
}

function includesOf(file: string): { quoted: string[]; angled: string[] } {
  const names = (pattern: RegExp): string[] =>
    [...read(file).matchAll(pattern)].map(([, name]) => name ?? '')
  return {
    quoted: names(/^#include "(.+)"/gm).map((name) => posix.join(dirname(file), name)),
    angled: names(/^#include <(.+)>/gm),
  }
}

/** Where modules have a kind of syntax: `file:line`. */
function found(files: readonly string[], isSuch: (node: ts.Node) => boolean): string[] {
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
    const places: string[] = []
    const visit = (node: ts.Node): void => {
      if (isSuch(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart())
        places.push(`${file}:${line + 1}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return places
  })
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isCaseOrDefaultClause(node.parent)
}

function isAssertion(node: ts.Node): boolean {
  if (ts.isTypeAssertionExpression(node)) return true
  return ts.isAsExpression(node) && !ts.isConstTypeReference(node.type)
}
