import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { largePictures, rgbAvif } from '../sharp/pictures.js'
import { type Ended, passes, run } from './child.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe('a process decodes on', () => {
  test('when 100 workers are terminated while they decode', async () => {
    await passes('decode-terminations', 'direct')
  })

  test('when 40 workers are terminated while sharp decodes for them', async () => {
    await passes('decode-terminations', 'copy')
  })

  test('when 60 workers are terminated while they read strips', async () => {
    await passes('decode-terminations', 'strips')
  })
})

const states = ['direct', 'copied', 'turned', 'striped', 'aborted', 'closed']

describe('a process ends as it would without a decode', { concurrency: 2 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  const exits = (...args: string[]): Promise<Ended> => run('decode-exit', [folder, ...args])

  before(async () => {
    for (const [i, picture] of [...largePictures, rgbAvif].entries()) {
      writeFileSync(join(folder, `${i}`), await picture.bytes())
    }
  })

  after(() => rmSync(folder, { recursive: true }))

  for (const state of states) {
    test(`by itself with decodes ${state}`, async () => {
      assert.deepEqual(await exits(state, 'naturally'), ended(0, `${state}\n`))
    })

    test(`by process.exit() with decodes ${state}`, async () => {
      for (const delayMs of ['0', '3', '10', '30', '60']) {
        assert.deepEqual(
          await exits(state, 'exit', delayMs),
          ended(3, `${state}\n`),
          `after ${delayMs} ms`,
        )
      }
    })

    test(`by an uncaught error with decodes ${state}`, async () => {
      const { code, signal, output, errors } = await exits(state, 'throw', '5')
      assert.deepEqual({ code, signal, output }, { code: 1, signal: null, output: `${state}\n` })
      assert.match(errors, /Error: nobody catches this/)
    })
  }
})

describe('while a picture is decoded', () => {
  test('garbage may be collected', async () => {
    await passes('decoding', 'collected')
  })

  test('nobody else has to hold its bytes', async () => {
    await passes('decoding', 'inputForgotten')
  })

  test('its pool may be closed, and its memory goes when the decode has ended', async () => {
    await passes('decoding', 'poolClosed')
  })

  test('its pool may be forgotten, and its memory goes with the picture', async () => {
    await passes('decoding', 'poolForgotten')
  })
})

describe('without sharp', () => {
  const project = mkdtempSync(join(tmpdir(), 'pixelpool-'))
  const installed = join(project, 'node_modules', 'pixelpool')

  before(() => {
    writeFileSync(join(project, 'package.json'), '{ "private": true }')
    for (const part of ['dist/src', 'build/Release/pixelpool.node', 'package.json']) {
      cpSync(join(root, part), join(installed, part), { recursive: true })
    }
  })

  after(() => rmSync(project, { recursive: true }))

  test('pixelpool works', () => {
    const made = 'new PixelPool({ slots: 1, shape: { width: 2, height: 3 } }).acquire().data.length'
    const output = evaluate(project, `import { PixelPool } from 'pixelpool'; console.log(${made})`)
    assert.equal(output, '24\n')
  })

  test('pixelpool/sharp says what is missing', () => {
    const tell = '({ code, message }) => console.log(code, message)'
    const output = evaluate(project, `import('pixelpool/sharp').catch(${tell})`)
    assert.match(output, /^ERR_MODULE_NOT_FOUND Cannot find package 'sharp' imported from .*\n$/)
  })
})

describe('what was decoded', () => {
  const canTransfer = 'transfer' in ArrayBuffer.prototype
  const skip = canTransfer ? false : 'this Node has no ArrayBuffer.prototype.transfer()'

  test('comes back when nobody holds it, and is counted', async () => {
    await passes('decoding', 'resultForgotten')
  })

  test('may be transferred away, and its slot is not used meanwhile', { skip }, async () => {
    await passes('decoding', 'escaped')
  })
})

describe('of strips', () => {
  test('a reader may be forgotten, between two pulls and while one runs', async () => {
    await passes('decoding', 'readerForgotten')
  })

  test('one may be forgotten: it comes back, and its reader goes on', async () => {
    await passes('decoding', 'stripForgotten')
  })
})

function evaluate(folder: string, script: string): string {
  const line = ['--input-type=module', '--eval', script]
  return execFileSync(process.execPath, line, { cwd: folder, encoding: 'utf8' })
}

function ended(code: number, output: string): object {
  return { code, signal: null, output, errors: '' }
}
