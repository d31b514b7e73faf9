import * as library from 'gpu.js'

// The parts of gpu.js 2.24 and of WebGPU in use here; the library's types leave out its WebGPU mode.

/** A buffer on the device and the shape in which kernels see it. */
export interface Handle {
  readonly buffer: { destroy(): void }
  toArray(): Promise<Float32Array>
  delete(): void
}

/** The adapter and the device that all kernels share. */
export interface Context {
  readonly adapter: { readonly info: { vendor: string; architecture: string; description: string } }
  readonly device: {
    readonly limits: { maxStorageBufferBindingSize: number; maxBufferSize: number }
    readonly queue: {
      writeBuffer(buffer: unknown, offset: number, data: Float32Array): void
      onSubmittedWorkDone(): Promise<void>
    }
    onuncapturederror: ((event: { error: { message: string } }) => void) | null
    createBuffer(options: { size: number; usage: number }): Handle['buffer']
  }
  readonly isLost: boolean
}

/** A kernel as the library compiled it. */
export interface CompiledKernel {
  readonly constructor: { readonly mode: string }
  destroy(): void
}

/** Makes kernels. */
export interface Gpu {
  addFunction(source: string, types: { argumentTypes: string[]; returnType: string }): void
  createKernel(source: string, settings: object): { (...args: unknown[]): Promise<Handle>; kernel: CompiledKernel }
}

interface Library {
  readonly GPU: {
    new (options: { mode: 'webgpu' }): Gpu
    isWebGPUAvailable(): Promise<boolean>
  }
  readonly WebGPUContext: { acquire(): Promise<Context>; destroy(): Promise<void> }
  readonly WebGPUBufferResult: new (settings: {
    buffer: Handle['buffer']
    output: number[]
    componentCount: number
    context: Context
    kernel: CompiledKernel | null
  }) => Handle
}

/** What is used of gpu.js, typed: its own declarations lack WebGPU. */
export const { GPU, WebGPUContext, WebGPUBufferResult } = library as unknown as Library
