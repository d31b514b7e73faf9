import { OverdampedError } from '../../errors.js'
import { type CompiledKernel, type Context, type Gpu, type Handle, WebGPUBufferResult } from './gpujs.js'

/** Rows of float32 numbers that stay on the device, [height, width]. */
export interface DeviceArray {
  readonly width: number
  readonly height: number
  readonly handle: Handle
}

/** A kernel over [height, width] threads. Every call overwrites the one array that it returns. */
export type DeviceKernel = (...args: (DeviceArray | number)[]) => Promise<DeviceArray>

/** What a kernel takes, and what its threads give. */
interface KernelShape {
  readonly width: number
  /** 1 when absent */
  readonly height?: number
  /** numbers that a thread returns, 1 when absent; they stand side by side: a row of the result is components·width long */
  readonly components?: 1 | 2 | 3 | 4
  /** at most seven arrays; `integer` keeps all 32 bits, `number` is a float32 */
  readonly takes: readonly ('array' | 'number' | 'integer')[]
  /** whole numbers and switches that become part of the kernel's text: gpu.js stops a loop of any other bound at 1000 */
  readonly constants?: Readonly<Record<string, number | boolean>>
}

/** A kernel function, in the subset of JavaScript that gpu.js translates. Its text is taken; it is never called. */
type KernelSource = (this: never, ...args: never[]) => number | number[]

/** `this` in a kernel: its place in the result, and its constants. */
export interface Thread<Constants = object> {
  readonly thread: { readonly x: number; readonly y: number }
  readonly constants: Constants
}

/** A function that kernels may call by its name. */
export interface DeviceFunction {
  readonly source: string
  readonly takes: readonly ('Integer' | 'Number')[]
  readonly gives: 'Integer' | 'Number' | 'Array(2)' | 'Array(4)'
}

/** Arrays and kernels that are given back together. What is started runs in the order of the calls. */
export interface Workspace {
  /** an array of zeros */
  array(width: number, height: number): DeviceArray
  /** copies numbers to an array that is not a kernel's result; kernels called before still see the old ones */
  write(array: DeviceArray, values: Float32Array): void
  kernel(source: KernelSource, shape: KernelShape): DeviceKernel
  /** copies a kernel's result as it is at this moment: later calls do not change what comes back */
  read(array: DeviceArray): Promise<Float32Array>
  /** waits for all that was started. @throws E_BACKEND when the device reported a failure */
  settle(): Promise<void>
  release(): void
}

/** GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST */
const inputUsage = 0x88

/** An empty workspace. `check` throws what the device has complained of. */
export function createWorkspace(context: Context, gpu: Gpu, check: () => void): Workspace {
  const { device } = context
  const releases: (() => void)[] = []
  const producers = new Map<DeviceArray, CompiledKernel>()
  // A buffer has no shape of its own: kernels that return several numbers write rows that others read one by one.
  const handleOf = (buffer: Handle['buffer'], kernel: CompiledKernel | null, output: number[]) =>
    new WebGPUBufferResult({ buffer, output, componentCount: 1, context, kernel })
  return {
    array(width, height) {
      const handle = handleOf(device.createBuffer({ size: 4 * width * height, usage: inputUsage }), null, [
        width,
        height,
      ])
      releases.push(() => handle.delete())
      return { width, height, handle }
    },
    write: ({ handle }, values) => device.queue.writeBuffer(handle.buffer, 0, values),
    kernel(source, shape) {
      const { width, height = 1, components = 1 } = shape
      const run = gpu.createKernel(String(source), settingsOf(shape))
      releases.push(() => run.kernel.destroy())
      let result: DeviceArray | null = null
      return async (...args) => {
        const given = await run(...args.map((arg) => (typeof arg === 'number' ? arg : arg.handle))).catch(failed)
        if (result === null) {
          const { mode } = run.kernel.constructor
          if (mode !== 'webgpu') failed(`gpu.js runs in its mode ${mode}, not in webgpu`)
          const handle = handleOf(given.buffer, run.kernel, [components * width, height])
          releases.push(() => handle.delete())
          result = { width: components * width, height, handle }
          producers.set(result, run.kernel)
        }
        given.delete()
        return result
      }
    },
    async read(array) {
      const flat = handleOf(array.handle.buffer, producers.get(array) ?? null, [array.width * array.height])
      try {
        return await flat.toArray().catch(failed)
      } finally {
        flat.delete()
      }
    },
    async settle() {
      await device.queue.onSubmittedWorkDone().catch(failed)
      check()
    },
    release() {
      for (const release of releases) release()
    },
  }
}

/** A kernel's shape in the words of gpu.js. */
function settingsOf({ width, height = 1, takes, constants = {} }: KernelShape): object {
  const typeOf = { array: 'WebGPUBuffer', number: 'Float', integer: 'Integer' }
  const kinds = Object.entries(constants).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? 'Boolean' : 'Integer',
  ])
  return {
    output: [width, height],
    // Results stay on the device, each kernel's in a buffer of its own; `immutable` would make a new one at every call.
    pipeline: true,
    constants,
    constantTypes: Object.fromEntries(kinds),
    argumentTypes: takes.map((type) => typeOf[type]),
  }
}

/** Throws E_BACKEND for a device that fails at its work. */
export function failed(why: unknown): never {
  const text = why instanceof Error ? why.message : String(why)
  throw new OverdampedError('E_BACKEND', `${text.split('\n').slice(0, 2).join(' ')}. Use --backend auto.`, 'gpu', 1)
}
