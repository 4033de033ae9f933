import { Worker } from 'node:worker_threads'
import { type Bench, known, type Outcome, usageColumns } from '../bench.js'
import { type CourierName, courierNames, inFlight, type Order } from '../couriers.js'
import { type Work, works } from '../frame-work.js'
import { Meter, sink, type Usage } from '../process.js'
import { makeReceiver, type Receiver } from '../receiver.js'

const recycled = 'transfer and return'
const ring = 'SharedArrayBuffer ring'
const producerFile = new URL('../producer.js', import.meta.url)

export const handOver: Bench = {
  name: 'hand-over',
  about: `1080p RGBA frames from a worker to the main thread, at most ${inFlight} in flight. The worker writes one byte, one a page ('touch'), every byte ('fill') or copies a ready frame ('set'); the main thread reads one byte and gives the frame back.`,
  groups: works,
  rivals: courierNames,
  rounds: 5,
  columns: [
    { title: 'frames/s', key: 'perSecond', digits: 0 },
    { title: `x ${recycled}`, key: 'perSecond', digits: 3, to: recycled },
    { title: 'x ring', key: 'perSecond', digits: 2, to: ring },
    { title: 'cpu us a frame', key: 'frameCpuUs', digits: 0 },
    { title: 'faults a frame', key: 'frameFaults', digits: 1 },
    { title: 'frames', key: 'n', digits: 0 },
    ...usageColumns,
  ],
  targets: [
    { rival: 'pixelpool', group: 'touch', column: `x ${recycled}`, atLeast: 0.95 },
    { rival: 'pixelpool', group: 'fill', column: `x ${recycled}`, atLeast: 0.95 },
    { rival: 'pixelpool', group: 'fill', column: 'x ring', atLeast: 6 },
  ],
  picture: { key: 'perSecond', title: 'frames a second', form: 'log' },
  measure: (rival, group, smoke) => measure(known(courierNames, rival), known(works, group), smoke),
}

async function measure(courier: CourierName, work: Work, smoke: boolean): Promise<Outcome> {
  const receiver = makeReceiver(courier)
  const workerData: Order = { means: receiver.means, work }
  const producer = new Worker(producerFile, { workerData })
  const times = smoke
    ? { warmUpMs: 10, countedMs: 50, idleMs: 10 }
    : { warmUpMs: 500, countedMs: 2000, idleMs: 1000 }
  const { frames, seconds, usage } = await count(producer, receiver, times)
  await producer.terminate()
  const numbers = {
    perSecond: frames / seconds,
    frameCpuUs: (usage.cpuMs * 1e3) / frames,
    frameFaults: usage.faults / frames,
    n: frames,
    ...usage,
  }
  return { numbers }
}

interface Times {
  readonly warmUpMs: number
  readonly countedMs: number
  readonly idleMs: number
}

interface Counted {
  readonly frames: number
  readonly seconds: number
  readonly usage: Usage
}

/** Frames are in flight all the time: what is counted lies between two arrivals. */
function count(
  producer: Worker,
  receiver: Receiver,
  { warmUpMs, countedMs, idleMs }: Times,
): Promise<Counted> {
  return new Promise((resolve, reject) => {
    producer.on('error', reject)
    const start = performance.now()
    let arrived = 0
    let first = 0
    let begin = 0
    let meter: Meter | null = null
    receiver.listen(producer, (pixels) => {
      if (pixels[0] !== arrived % 256) throw new Error(`frame ${arrived} came as ${pixels[0]}`)
      arrived++
      sink.value += pixels[0]
      const now = performance.now()
      if (meter === null) {
        if (now - start < warmUpMs) return
        meter = new Meter()
        first = arrived
        begin = now
      } else if (now - begin >= countedMs) {
        // Nothing is read any more, so the producer soon waits.
        producer.removeAllListeners('message')
        const counted = { frames: arrived - first, seconds: (now - begin) / 1e3 }
        meter.stop(idleMs).then((usage) => resolve({ ...counted, usage }), reject)
      }
    })
  })
}
