import { parentPort, workerData } from 'node:worker_threads'
import { PixelPool } from '../src/index.js'
import { type Command, Seat } from './sharing-seat.js'

// A thread with a seat at a shared pool: answers each command that its parent posts.

const port = parentPort
if (port === null) throw new Error('this runs in a worker')
const seat = new Seat(PixelPool.attach(workerData), (name, outcome) => {
  port.postMessage({ name, outcome })
})
port.postMessage('attached')
port.on('message', (command: Command) => {
  seat.perform(command).then(
    (answer) => port.postMessage({ answer }),
    (error) => port.postMessage({ error: String(error) }),
  )
})
