import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { PixelArena } from '../../src/index.js'
import { Board } from './board.js'
import { Server } from './server.js'

// A worker that serves until the board says that this is the end, or until it is terminated.

const { token, memory, ...options } = workerData
sharp.cache(false)
const arena = PixelArena.attach(token)
const server = new Server({
  ...options,
  arena,
  board: new Board(memory),
  send: (parcel) => parentPort?.postMessage(parcel),
})
parentPort?.on('message', (parcel) => server.receive(parcel))
await server.warm()
parentPort?.postMessage('ready')
await server.run()
arena.close()
parentPort?.close()
