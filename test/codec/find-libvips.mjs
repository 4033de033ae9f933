/** Prints the file of the libvips that the installed sharp loads. */

import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const { platform, arch, report } = process
const isMusl = platform === 'linux' && !('glibcVersionRuntime' in report.getReport().header)
const name = `@img/sharp-libvips-${isMusl ? 'linuxmusl' : platform}-${arch}`

const sharp = createRequire(import.meta.url).resolve('sharp')
const folder = join(dirname(createRequire(sharp).resolve(`${name}/package`)), 'lib')
const file = readdirSync(folder).find((each) => each.startsWith('libvips-cpp.'))
if (file === undefined) throw new Error(`there is no libvips in ${folder}`)
console.log(join(folder, file))
