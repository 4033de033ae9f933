import { native } from './native.js'
import { canTransfer, revoke } from './revoke.js'
import { type PixelArray, type Shape, toPixels } from './shape.js'

/**
 * One buffer's claim on a slot: a lease (slot and generation), and the wrap through which it sees
 * the memory. Whoever holds the handle holds the memory, and nothing else does.
 *
 * A handle that was the last of its tenancy is kept for the slot's next one.
 */
export class Handle {
  readonly slot: number
  /** Of the present tenancy. */
  generation = 0
  /** Names this handle's own ArrayBuffer over the slot. */
  readonly wrap: number
  #memory: ArrayBuffer
  #pixels: PixelArray | null = null
  #shape: Shape | null = null // of #pixels

  constructor(slot: number, wrap: number, memory: ArrayBuffer, revokes: boolean) {
    this.slot = slot
    this.wrap = wrap
    // The first tenancy sees a transferred ArrayBuffer, as every later one does.
    this.#memory = revokes && canTransfer ? (revoke(memory) ?? memory) : memory
  }

  get memory(): ArrayBuffer {
    return this.#memory
  }

  /** The start of the slot as pixels. The last view is kept: to make one costs 20 ns. */
  pixels(shape: Shape): PixelArray {
    if (this.#pixels !== null && this.#shape === shape) return this.#pixels
    const pixels = toPixels(this.#memory, shape)
    this.#pixels = pixels
    this.#shape = shape
    return pixels
  }

  /**
   * Makes every view empty. Where the runtime can, this handle sees the memory on, through an
   * ArrayBuffer that nobody has seen. False when the user marked it as untransferable: its views
   * stay alive.
   */
  revoke(): boolean {
    try {
      this.#memory = revoke(this.#memory) ?? this.#memory
    } catch {
      return false
    }
    this.#pixels = null
    this.#shape = null
    return true
  }

  /** Lets go of the memory for good. */
  drop(): void {
    if (this.#memory.byteLength > 0) native.detach(this.#memory)
  }
}
