import { OverdampedError } from '../../errors.js'
import { type Context, GPU, WebGPUContext } from './gpujs.js'
import { provideWebGpu, withdrawWebGpu } from './provide.js'
import { createWorkspace, type DeviceFunction, failed, type Workspace } from './workspace.js'

/** A graphics card, or what stands in for one. */
export interface GpuDevice {
  /** the adapter's own words */
  readonly description: string
  /** bytes of the largest array */
  readonly mostBytes: number
  open(): Workspace
  /** gives the device back; workspaces should have been released */
  close(): Promise<void>
}

/** gpu.js has one WebGPU device underneath all its users: how many there are here, and what it last complained of. */
const shared: { users: number; failure: string | null } = { users: 0, failure: null }

/**
 * Opens the WebGPU device that gpu.js computes on. Only its mode "webgpu" will do: left to itself the library chooses among
 * modes that run on the CPU, and says nothing.
 *
 * @param functions - what kernels may call
 * @throws E_BACKEND saying what is missing
 */
export async function openDevice(functions: readonly DeviceFunction[]): Promise<GpuDevice> {
  shared.users++
  const leave = async () => {
    if (--shared.users > 0) return
    await WebGPUContext.destroy()
    withdrawWebGpu()
    shared.failure = null
  }
  const context = await acquire().catch(async (error: unknown) => {
    await leave()
    throw new OverdampedError('E_BACKEND', error instanceof Error ? error.message : String(error), '', 1)
  })
  const { adapter, device } = context
  // A command that the device refuses does nothing and throws nothing; gpu.js would only print the refusal.
  device.onuncapturederror = ({ error }) => {
    shared.failure ??= error.message
  }
  const check = () => {
    const failure = context.isLost ? 'the device was lost' : shared.failure
    shared.failure = null
    if (failure !== null) failed(failure)
  }
  const gpu = new GPU({ mode: 'webgpu' })
  for (const { source, takes, gives } of functions)
    gpu.addFunction(source, { argumentTypes: [...takes], returnType: gives })

  const { vendor, architecture, description } = adapter.info
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits
  return {
    description: [vendor, architecture, description && `(${description})`].filter(Boolean).join(' '),
    mostBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
    open: () => createWorkspace(context, gpu, check),
    close: leave,
  }
}

async function acquire(): Promise<Context> {
  await provideWebGpu()
  if (!(await GPU.isWebGPUAvailable())) throw new Error('WebGPU finds no graphics card or driver that it can use')
  return WebGPUContext.acquire()
}
