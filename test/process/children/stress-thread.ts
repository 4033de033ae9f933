import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Holder } from './holder.js'
import { random } from './random.js'

// A worker that uses a shared pool at random until it is terminated, or ends in another way after
// some steps. It ends with buffers in hand, on their way, and waits in the line.

const { token, counts, number, end, seed } = workerData
const roll = random(seed)
const steps = end === 'terminate' ? Number.POSITIVE_INFINITY : Math.floor(roll() * 40)
const holder = new Holder({
  token,
  roll,
  number,
  counts,
  send: (parcel) => parentPort?.postMessage(parcel),
  forgets: true,
})
parentPort?.on('message', (parcel) => holder.receive(parcel))
parentPort?.postMessage('ready')
for (let step = 0; step < steps; step++) {
  holder.step()
  await pause(roll() < 0.5 ? 0 : 2)
}
if (end === 'exit') process.exit(0)
if (end === 'throw') throw new Error('nobody catches this')
parentPort?.close()
