import { PixelPool, PoolError } from 'pixelpool'

const pool = new PixelPool({
  slots: 2,
  shape: { width: 1920, height: 1080 },
  leaks: 'trace',
})

/** The mistake to be found: nobody releases this buffer. */
function forget(): void {
  pool.acquire().data.fill(0)
}

for (let i = 0; i < 2; i++) forget()

// No slot is left, and the error says who took them.
try {
  pool.acquire()
} catch (error) {
  if (!(error instanceof PoolError)) throw error
  console.log(`${error.code}: ${error.message}\n`)
}

// Node prints the warning with its call site; a program can also listen for it.
process.on('warning', ({ name, message }) => console.log(`${name}: ${message}`))

// Whoever waits gets the slot of a forgotten buffer as soon as the engine has found it.
const buffer = await pool.acquireAsync(undefined, { timeout: 10_000 })
buffer.release()
console.log(`leaked: ${pool.stats().leaked}, free: ${pool.stats().free} of ${pool.stats().slots}`)
