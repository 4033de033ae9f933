/** A picture of four channels, a byte each. */
export interface Size {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly bytes: number
}

function size(name: string, width: number, height: number, pages: number = 1): Size {
  return { name, width, height, pages, bytes: width * height * pages * 4 }
}

export const thumbnail: Size = size('256x256', 256, 256)
export const megabyte: Size = size('1 MB', 512, 512)
export const hd: Size = size('720p', 1280, 720)
export const fullHd: Size = size('1080p', 1920, 1080)
export const ultraHd: Size = size('4K', 3840, 2160)
export const photo: Size = size('12 MP', 4000, 3000)
export const animation: Size = size('20 frames', 500, 500, 20)
export const animationFrame: Size = size('1 frame', 500, 500)
