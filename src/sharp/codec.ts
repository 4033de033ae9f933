import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import sharp from 'sharp'
import { native } from '../native.js'
import type { NativeCodec, NativeNoCodec } from '../native-codec.js'

/** How images are decoded in this thread, and why. */
export interface Codec {
  /** `'direct'`: by sharp's libvips, straight into a slot. `'copy'`: by sharp, then copied there. */
  readonly path: 'direct' | 'copy'
  /** Of the libvips that was found, such as `'8.18.7'`. */
  readonly version: string | null
  readonly file: string | null
  /** Why it is not used, or null. */
  readonly reason: string | null
}

/** A codec that is ready, or the reason why there is none. */
export type Found = Codec & ({ path: 'direct'; native: NativeCodec } | { path: 'copy' })

/**
 * Minor versions of libvips 8 whose pictures were compared with sharp's, byte for byte. A newer one
 * comes with a newer sharp, which may do things in another way.
 */
const tested = { from: 15, to: 18 } as const

let found: Found | undefined

/** Which libvips decodes here. It is looked for once in a thread. */
export function codec(): Codec {
  const { path, version, file, reason } = findCodec()
  return { path, version, file, reason }
}

/** @internal */
export function findCodec(): Found {
  found ??= find()
  return found
}

/** @internal Empties libvips' cache of operations, where there is one that is used. */
export async function dropCache(): Promise<void> {
  const codec = findCodec()
  if (codec.path === 'direct') await codec.native.dropCache()
}

/** @internal Nothing more is decoded directly in this thread. */
export function dismissCodec(reason: string): void {
  const { version, file } = findCodec()
  found = { path: 'copy', version, file, reason }
}

function find(): Found {
  const file = fileOfSharp()
  if (file === undefined) {
    const reason = 'no libvips is loaded; this sharp has it built in, as the WebAssembly one does'
    return { path: 'copy', version: null, file: null, reason }
  }
  const codec = native.findCodec(file)
  const { version } = codec
  const reason = codec.finding === 'found' ? whyUntested(version) : whyUnusable(codec)
  if (codec.finding === 'found' && reason === null) {
    return { path: 'direct', version, file, reason, native: codec }
  }
  return { path: 'copy', version: version === '' ? null : version, file, reason }
}

/** The libvips that came with the sharp which is imported here, among all in the process. */
function fileOfSharp(): string | undefined {
  const all = native.loadedLibvips()
  const folders = foldersOfSharp()
  const near = all.find(({ file }) => folders.some((folder) => realpath(file).startsWith(folder)))
  // Installed for the whole system, or unpacked by a bundler.
  return (near ?? all.find(({ version }) => version === sharp.versions.vips))?.file
}

/** Where sharp's packages with libvips in them are, each with a separator at its end. */
function foldersOfSharp(): string[] {
  const { platform, arch } = process
  const names = [
    `@img/sharp-libvips-${platform}-${arch}/package`,
    `@img/sharp-libvips-${platform}musl-${arch}/package`,
    `@img/sharp-${platform}-${arch}/package`,
  ]
  return names.flatMap((name) => {
    try {
      const ours = createRequire(import.meta.url)
      return [dirname(createRequire(ours.resolve('sharp')).resolve(name)) + sep]
    } catch {
      return []
    }
  })
}

function realpath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

function whyUntested(version: string): string | null {
  const [major, minor = Number.NaN] = version.split('.').map(Number)
  if (major === 8 && tested.from <= minor && minor <= tested.to) return null
  return `libvips ${version} was not compared with sharp; 8.${tested.from} to 8.${tested.to} were`
}

function whyUnusable({ finding, missing, version }: NativeNoCodec): string {
  switch (finding) {
    case 'incomplete':
      return `libvips ${version} has no ${missing}()`
    case 'does not start':
      return `libvips ${version} does not start`
    case 'fails self-test':
      return `libvips ${version} does not decode a test picture into memory of ours`
    case 'not loaded':
      return 'libvips was unloaded'
  }
}
