import { loadBench } from './benches.js'

// In a process of its own: it would leave its mark on the memory of whoever measures.
const [name = '', scale] = process.argv.slice(2)
const bench = await loadBench(name)
await bench.prepare?.(scale === 'smoke')
