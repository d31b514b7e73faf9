import type { Kernels } from '../compiled/kernels.js'
import type { KernelTraits } from '../compiled/programs.js'

/** With four lanes at a time a group by itself, which stays in the nearest cache, is the fastest. */
export const wasmTraits: KernelTraits = { name: 'wasm', arithmetic: 'float32, SIMD', together: 1 }

/** Compiles kernels, for threads that each have an instance of them. @throws Error when this engine lacks SIMD */
export function compileKernels(bytes: Uint8Array): WebAssembly.Module {
  if (!WebAssembly.validate(bytes)) throw new Error('this engine runs no WebAssembly SIMD')
  return new WebAssembly.Module(bytes)
}

/** Bytes of a thread's stack: blocks of sums that do not fit the registers. */
export const stackBytes = 16_384

/** Compiled kernels over a memory; each thread has an instance and a stack (its address) of its own. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory, stack: number): Kernels {
  return kernelsOf(new WebAssembly.Instance(module, { env: { memory } }), stack)
}

/** Both for one thread, in the background: browsers compile nothing large while a page waits. */
export async function loadKernels(
  bytes: Uint8Array | ArrayBuffer,
  memory: WebAssembly.Memory,
  stack: number,
): Promise<Kernels> {
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
  return kernelsOf(instance, stack)
}

function kernelsOf({ exports }: WebAssembly.Instance, stack: number): Kernels {
  const { __stack_pointer: pointer, ...kernels } = exports
  ;(pointer as WebAssembly.Global).value = stack + stackBytes
  // Their first argument is where the memory begins.
  const bound = Object.entries(kernels).map(([name, kernel]) => [name, (kernel as typeof Math.max).bind(null, 0)])
  return Object.fromEntries(bound)
}
