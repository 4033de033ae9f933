import { workerData } from 'piscina'
import { type BufferToken, PixelPool } from 'pixelpool'
import { decode } from 'pixelpool/sharp'

export interface Task {
  readonly file: string
}

/** A photo on its way from one thread to another. */
export type Photo = BufferToken

const pool = PixelPool.attach(workerData)

export async function decodePhoto({ file }: Task): Promise<Photo> {
  const photo = await decode(file, { pool, width: 1280, height: 720, wait: true })
  return photo.move()
}
