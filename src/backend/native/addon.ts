import type { Kernels } from '../compiled/kernels.js'
import { groupsOfShard, type KernelTraits } from '../compiled/programs.js'

/** What kernels/addon.c exports. */
interface Addon {
  open(memory: Uint8Array): Kernels
  /** lanes of its vectors */
  readonly lanes: number
}

/** Loads a library of kernels in this thread; the process has one of it for all threads. @throws Error when it is none */
export function loadAddon(path: string): Addon {
  const module: { exports: Partial<Addon> } = { exports: {} }
  process.dlopen(module, path)
  const { open, lanes } = module.exports
  if (typeof open !== 'function' || typeof lanes !== 'number') throw new Error(`${path} holds no kernels`)
  return { open, lanes }
}

/** The kernels of a library over a memory, which must be shared: that grows without moving. */
export function openAddon(path: string, memory: WebAssembly.Memory): Kernels {
  return loadAddon(path).open(new Uint8Array(memory.buffer))
}

/** Several groups at a time use each coupling more than once, and with wide vectors they still fit a near cache. */
export function nativeTraits(path: string): KernelTraits {
  const { lanes } = loadAddon(path)
  return { name: 'native', arithmetic: `float32, SIMD of ${lanes} lanes`, together: groupsOfShard }
}
