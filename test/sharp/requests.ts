import type { ImageOptions } from '../../src/sharp/index.js'

/** What is asked of a picture. */
export interface Request {
  readonly name: string
  readonly options: ImageOptions
}

const wholes: readonly Request[] = [
  { name: 'as it is', options: {} },
  { name: 'upright', options: { autoOrient: true } },
  { name: 'in 3 channels', options: { channels: 3 } },
  { name: 'in 4 channels', options: { channels: 4 } },
  { name: 'without warnings', options: { failOn: 'none' } },
]

const resized: readonly Request[] = [
  { name: 'inside 1920x1080', options: { width: 1920, height: 1080 } },
  { name: 'inside 100x80', options: { width: 100, height: 80, fit: 'inside' } },
  { name: 'inside 50x1000', options: { width: 50, height: 1000 } },
  { name: '90 wide', options: { width: 90 } },
  { name: '70 high', options: { height: 70 } },
  { name: '1 wide', options: { width: 1 } },
  { name: 'exactly 120x90', options: { width: 120, height: 90, fit: 'fill' } },
  { name: 'exactly 33 wide', options: { width: 33, fit: 'fill' } },
  { name: 'its own size', options: { width: 203, height: 141 } },
  { name: 'in 3 channels, 50 wide', options: { channels: 3, width: 50 } },
  { name: 'in 4 channels, 50 wide', options: { channels: 4, width: 50 } },
]

const uprightAndResized: readonly Request[] = [
  { name: 'upright inside 100x80', options: { autoOrient: true, width: 100, height: 80 } },
  { name: 'upright, 90 wide', options: { autoOrient: true, width: 90 } },
  { name: 'upright, 70 high', options: { autoOrient: true, height: 70 } },
  {
    name: 'upright, exactly 120x90',
    options: { autoOrient: true, width: 120, height: 90, fit: 'fill' },
  },
  {
    name: 'upright, in 4 channels, 50 wide',
    options: { autoOrient: true, channels: 4, width: 50 },
  },
]

/** Of several pages, some that a file may not have. */
const paged: readonly Request[] = [
  { name: 'all pages', options: { pages: -1 } },
  { name: 'page 1', options: { page: 1 } },
  { name: 'page 0, said aloud', options: { page: 0, pages: 1 } },
  { name: 'pages 1 and 2', options: { page: 1, pages: 2 } },
  { name: 'pages 2 to the last', options: { page: 2, pages: -1 } },
  { name: 'more pages than there are', options: { pages: 100 } },
  { name: 'a page that is not there', options: { page: 99 } },
  { name: 'all pages, 40 wide', options: { pages: -1, width: 40 } },
  { name: 'all pages, 30 high', options: { pages: -1, height: 30 } },
  { name: 'all pages, inside 31x29', options: { pages: -1, width: 31, height: 29 } },
  {
    name: 'all pages, exactly 37x19',
    options: { pages: -1, width: 37, height: 19, fit: 'fill' },
  },
  { name: 'all pages, upright', options: { pages: -1, autoOrient: true } },
  { name: 'all pages, in 3 channels', options: { pages: -1, channels: 3 } },
  { name: 'page 1, 40 wide', options: { page: 1, width: 40 } },
]

/** What is asked of every picture. */
export const requests: readonly Request[] = [...wholes, ...resized, ...uprightAndResized, ...paged]

/** What is asked of a picture that is large enough to be shrunk by its loader: by 2, 3, 4, 8, more. */
export const shrinking: readonly Request[] = [
  { name: 'inside 1920x1080', options: { width: 1920, height: 1080 } },
  { name: '1001 wide', options: { width: 1001 } },
  { name: '1000 wide', options: { width: 1000 } },
  { name: '640 wide', options: { width: 640 } },
  { name: '400 high', options: { height: 400 } },
  { name: '249 wide', options: { width: 249 } },
  { name: '60 wide', options: { width: 60 } },
  { name: 'exactly 300x700', options: { width: 300, height: 700, fit: 'fill' } },
  { name: 'upright inside 640x480', options: { autoOrient: true, width: 640, height: 480 } },
  { name: 'upright, 300 high', options: { autoOrient: true, height: 300 } },
  { name: 'upright', options: { autoOrient: true } },
]

export const isResized = ({ width, height }: ImageOptions): boolean =>
  width !== undefined || height !== undefined
