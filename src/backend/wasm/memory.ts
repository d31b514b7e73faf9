import type { Arena, Views } from '../compiled/memory.js'

const pageBytes = 65_536
/** 2 GiB: address space is reserved, memory is used only where it is touched. */
const mostPages = 32_768

/** Memory that kernels import: those of threads expect it `shared` among them, those of one thread plain. */
export function createMemory(shared: boolean): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared })
}

/** Views of a memory as it is at each call: what is not shared moves when it grows. */
export function viewsOf(memory: WebAssembly.Memory): Views {
  return {
    i32: (address, length) => new Int32Array(memory.buffer, address, length),
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
  }
}

/** An empty arena in a memory, which grows with it. */
export function createArena(memory: WebAssembly.Memory): Arena {
  // Address 0 stays free: the kernels read it as "none".
  let top = 64
  return {
    ...viewsOf(memory),
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
  }
}
