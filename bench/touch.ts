import { PixelPool } from '../src/index.js'

/**
 * Writes to so many MB and ends, so that the host has given those pages when the next process asks
 * for them. In huge pages, which serve whoever wants huge ones and are cut for whoever does not.
 */
const shape = { width: 4096, height: 2048 } // 32 MiB
const slots = Math.ceil((Number(process.argv[2]) * 1e6) / (shape.width * shape.height * 4))
const pool = new PixelPool({ slots, shape })
for (let slot = 0; slot < slots; slot++) pool.acquire().data.fill(1)
console.log(pool.stats().residentBytes)
