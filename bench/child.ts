import { loadBench } from './benches.js'
import { sink } from './process.js'

const [name = '', rival = '', group = '', scale] = process.argv.slice(2)
const bench = await loadBench(name)
const outcome = await bench.measure(rival, group, scale === 'smoke')
process.stdout.write(JSON.stringify({ ...outcome, sink: sink.value }))
