import { parentPort, workerData } from 'node:worker_threads'
import type { Order } from './couriers.js'
import { makeWrite, type Write } from './frame-work.js'
import { type Sender, withSender } from './sender.js'

/** Makes frames without end; whoever started this thread terminates it. */
const { means, work }: Order = workerData
if (parentPort === null) throw new Error('a producer must be a worker')
await withSender(means, parentPort, (sender) => produce(sender, makeWrite(work)))

async function produce<F>(sender: Sender<F>, write: Write): Promise<never> {
  for (let i = 0; ; i++) {
    const frame = await sender.acquire()
    write(sender.pixels(frame), i % 256)
    sender.send(frame)
  }
}
