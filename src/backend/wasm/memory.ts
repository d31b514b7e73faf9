/** Memory that threads share, handed out from the bottom up. */
export interface Arena {
  readonly memory: WebAssembly.Memory
  /** room for `bytes`, aligned to 64: a byte address. What was there before is not cleared. @throws RangeError when full */
  take(bytes: number): number
  /** the address that the next `take` returns; give it to `release` to free everything taken since */
  mark(): number
  release(mark: number): void
  i32(address: number, length: number): Int32Array
  f32(address: number, length: number): Float32Array
  f64(address: number, length: number): Float64Array
}

const pageBytes = 65_536
/** 2 GiB: address space is reserved, memory is used only where it is touched. */
const mostPages = 32_768

/** An empty arena. */
export function createArena(): Arena {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
  // Address 0 stays free: the kernels read it as "none".
  let top = 64
  return {
    memory,
    take(bytes) {
      const address = top
      top = Math.ceil((top + bytes) / 64) * 64
      const missing = Math.ceil((top - memory.buffer.byteLength) / pageBytes)
      if (missing > 0) memory.grow(missing)
      return address
    },
    mark: () => top,
    release: (mark) => {
      top = mark
    },
    i32: (address, length) => new Int32Array(memory.buffer, address, length),
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
  }
}
