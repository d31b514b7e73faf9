import type { Kernels } from '../compiled/kernels.js'

/** Compiles kernels, for threads that each have an instance of them. @throws Error when this engine lacks SIMD */
export function compileKernels(bytes: Uint8Array): WebAssembly.Module {
  if (!WebAssembly.validate(bytes)) throw new Error('this engine runs no WebAssembly SIMD')
  return new WebAssembly.Module(bytes)
}

/** Compiled kernels over a memory; each thread has an instance of its own. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, importsOf(memory)).exports as unknown as Kernels
}

/** Both for one thread, in the background: browsers compile nothing large while a page waits. */
export async function loadKernels(bytes: Uint8Array | ArrayBuffer, memory: WebAssembly.Memory): Promise<Kernels> {
  const { instance } = await WebAssembly.instantiate(bytes, importsOf(memory))
  return instance.exports as unknown as Kernels
}

function importsOf(memory: WebAssembly.Memory): WebAssembly.Imports {
  const abort = () => {
    throw new Error('a kernel aborted')
  }
  return { env: { memory, abort } }
}
