import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { codec } from '../src/sharp/index.js'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a compiled example with a working directory that is not the repository. */
function run(example: string, args: readonly string[] = []): Promise<Ended> {
  const program = fileURLToPath(new URL(`../examples/${example}.js`, import.meta.url))
  return new Promise((resolve, reject) => {
    const options = { cwd: tmpdir() }
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(error)
    })
  })
}

describe('the small examples', () => {
  it('first: writes pixels into a slot, encodes them and gives the slot back', async () => {
    const { code, stdout, stderr } = await run('first')
    assert.equal(stderr, '')
    assert.match(stdout, /^640x360 pixels became \d{3,} bytes of WebP\n4 of 4 slots are free\n$/)
    assert.equal(code, 0)
  })

  it('photo: decodes into a slot, and encodes from it', async () => {
    const { code, stdout, stderr } = await run('photo')
    assert.equal(stderr, '')
    assert.match(stdout, /^1280x720x3: \d{3,} bytes of WebP\n2 of 2 slots are free\n$/)
    assert.equal(code, 0)
  })

  it('strips: reads a photo through one slot', async () => {
    const { code, stdout, stderr } = await run('strips')
    assert.equal(stderr, '')
    assert.match(
      stdout,
      /^rows 0 to 539: \d+ of 255\n(rows .*\n){2}rows 1620 to 2159: \d+ of 255\n$/,
    )
    assert.equal(code, 0)
  })

  it('frames: makes 48 frames in two slots', async () => {
    const { code, stdout, stderr } = await run('frames')
    assert.equal(stderr, '')
    assert.match(
      stdout,
      /^48 frames became \d{5,} bytes of JPEG\nat most 2 of 2 slots were leased at once\n$/,
    )
    assert.equal(code, 0)
  })

  it('piscina: decodes in workers and encodes here, through three slots', async () => {
    const { code, stdout, stderr } = await run('piscina/main')
    assert.equal(stderr, '')
    const lines = stdout.trimEnd().split('\n')
    assert.match(lines.pop() ?? '', /^at most [123] slots were leased at once; 3 of 3 are free$/)
    assert.equal(lines.length, 6)
    for (const line of lines) {
      assert.match(line, /^\w+\.jpg: (1280x\d{3}|\d{3}x720), \d{4,} bytes of WebP$/)
    }
    assert.equal(code, 0)
  })

  it('waiting: times out, is called off, and is served in the order of asking', async () => {
    const { code, stdout, stderr } = await run('waiting')
    assert.equal(stderr, '')
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'timeout: ERR_ACQUIRE_TIMEOUT: no buffer became free within 50 ms; release one sooner or wait longer',
      'signal: Error: the request was closed',
      'first has a buffer, 2 wait',
      'second has a buffer, 1 wait',
      'third has a buffer, 0 wait',
    ])
    assert.equal(code, 0)
  })

  it('leaks: names the call site of forgotten buffers, once, and gets their slots back', async () => {
    const { code, stdout, stderr } = await run('leaks')
    assert.match(stdout, /^ERR_POOL_EXHAUSTED: all 2 buffers are leased/)
    assert.match(stdout, /2 acquired at forget \(.*leaks\.js:\d+:\d+\)/)
    assert.match(stdout, /^leaked: 2, free: 2 of 2$/m)
    assert.equal(stderr.match(/PIXELPOOL_LEAK/g)?.length, 1)
    assert.match(stderr, /at forget \(.*leaks\.js:\d+:\d+\)/)
    assert.equal(code, 0)
  })
})

describe('the demo on a folder with broken files', () => {
  const names = ['blue.jpg', 'green.jpg', 'red.jpg']
  let folder = ''
  let output = ''
  let ended: Ended = { code: -1, stdout: '', stderr: '' }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pixelpool-demo-'))
    output = join(folder, 'out')
    for (const [i, name] of names.entries()) {
      await writeFile(join(folder, name), await makeJpeg(600 + 100 * i, 450, name.slice(0, -4)))
    }
    const whole = await makeJpeg(900, 900, 'white')
    await writeFile(join(folder, 'broken.jpg'), whole.subarray(0, whole.length / 2))
    await writeFile(join(folder, 'empty.png'), '')
    await writeFile(join(folder, 'notes.txt'), 'no pixels here\n')
    ended = await run('demo/index', [folder, '--output', output, '--repeat', '2'])
  })

  after(() => rm(folder, { recursive: true }))

  it('names what it skipped and says so by its exit code', () => {
    const { code, stderr } = ended
    assert.equal(code, 1)
    const list = stderr.slice(stderr.indexOf('skipped 3 files:')).trimEnd().split('\n')
    assert.equal(list.length, 4)
    assert.equal(list[1], '  empty.png: the file is empty')
    assert.match(list[2] ?? '', /^ {2}notes\.txt: .*unsupported image format/)
    assert.match(list[3] ?? '', /^ {2}broken\.jpg: .+/)
  })

  it('makes a thumbnail of every other file, 480 pixels wide, and leaves nothing else', async () => {
    const thumbnails = names.map((name) => `${name}.webp`)
    assert.deepEqual((await readdir(output)).sort(), [...thumbnails, 'memory.svg'].sort())
    for (const [i, name] of thumbnails.entries()) {
      const { format, width, height } = await sharp(join(output, name)).metadata()
      assert.deepEqual([format, width], ['webp', 480])
      assert.equal(height, Math.round((450 * 480) / (600 + 100 * i)))
    }
  })

  it('says why a row is left out', () => {
    const { path, reason } = codec()
    assert.equal(ended.stdout.includes(`direct is left out: ${reason}.\n`), path === 'copy')
  })

  it('ends with its table, its verdict and the picture', async () => {
    const { stdout } = ended
    const ways = codec().path === 'direct' ? ['copy', 'direct'] : ['copy']
    const labels = ['plain sharp buffers', ...ways.map((way) => `pooled ${way}`)]
    assert.match(stdout, /images\/s +CPU\/image +peak RSS +page faults +major GCs\n/)
    for (const label of labels) {
      assert.match(stdout, new RegExp(`^${label} +[\\d.]+ +\\d+ ms +\\d+ MB +[\\d,]+ +\\d+$`, 'm'))
    }
    for (const virtue of ['speed', 'CPU', 'memory']) {
      const verdict = `^${labels.at(-1)} (wins|loses|draws) on ${virtue}: [\\d.]+x `
      assert.match(stdout, new RegExp(verdict, 'm'))
    }
    assert.match(stdout, /from file to file never makes the full\npixels: [\d.]+ images\/s/)
    assert.doesNotMatch(stdout, /differ/)
    assert.match(stdout, /^6 of them once more, in one arena/m)
    assert.match(stdout, /slots of up to +at once +acquires\n(\d+\.\d MB +[1-4] +\d+\n)+\n/)
    assert.match(
      stdout,
      /^an arena of \d+ MB would have served them all without waiting; the default of [\d,]+ MB has [\d,]+ MB more$/m,
    )
    assert.match(stdout, /picture: +\S*memory\.svg\n$/)
    const svg = await readFile(join(output, 'memory.svg'), 'utf8')
    assert.match(svg, /^<svg/)
    for (const label of labels) assert.match(svg, new RegExp(`>${label}, peak \\d+ MB<`))
    assert.equal(svg.match(/aria-roledescription="line mark"/g)?.length, labels.length)
  })
})

describe('the demo refuses, in one line', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pixelpool-demo-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('a folder that is not there', async () => {
    const missing = join(folder, 'missing')
    assert.deepEqual(await run('demo/index', [missing]), {
      code: 1,
      stdout: '',
      stderr: `demo: folder must be one that can be read: ENOENT: no such file or directory, scandir '${missing}'\n`,
    })
  })

  it('an empty folder', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    assert.deepEqual(await run('demo/index', [empty]), {
      code: 1,
      stdout: '',
      stderr: `demo: folder must have files in it, got none in ${empty}\n`,
    })
  })

  it('an output folder that is the input folder, and one that is a file', async () => {
    const file = join(folder, 'red.jpg')
    await writeFile(file, await makeJpeg(16, 16, 'red'))
    const same = await run('demo/index', [folder, '--output', folder])
    assert.equal(same.stderr, 'demo: --output must be another folder than the images\n')
    assert.equal(same.code, 1)
    const taken = await run('demo/index', [folder, '--output', file])
    assert.match(taken.stderr, /^demo: --output must be a folder that can be written: EEXIST.*\n$/)
    assert.equal(taken.code, 1)
  })

  it('a count that is none, two folders, and an option that it does not know', async () => {
    const { stderr, code } = await run('demo/index', ['--repeat', '0'])
    assert.equal(stderr, "demo: --repeat must be an integer between 1 and 1000000, got '0'\n")
    assert.equal(code, 1)
    const two = await run('demo/index', ['a', 'b'])
    assert.equal(two.stderr, 'demo: folder must be one, got 2\n')
    assert.equal(two.code, 1)
    const unknown = await run('demo/index', ['--fast'])
    assert.match(unknown.stderr, /^demo: Unknown option '--fast'.*usage: npm run demo.*\n$/)
    assert.equal(unknown.code, 1)
  })
})

function makeJpeg(width: number, height: number, background: string): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer()
}
