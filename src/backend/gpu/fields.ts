import { denseField, listedField } from './kernels.js'
import type { Couplings, DeviceLandscape } from './landscape.js'
import type { DeviceArray, DeviceKernel, Workspace } from './workspace.js'

/** What the neighbours of each unit do to it, [units, columns]: s_i = Σ_j J_ij x_j and t_i = Σ_j G_ij x_j². */
export interface Fields {
  readonly s: DeviceArray
  readonly t: DeviceArray
}

/** Kernels for the fields of states [units, columns]; each call overwrites the fields of the one before. */
export function createFields(
  workspace: Workspace,
  { bilinear, quartic }: DeviceLandscape,
  units: number,
  columns: number,
): (x: DeviceArray) => Promise<Fields> {
  const none = bilinear === null || quartic === null ? workspace.array(columns, units) : null
  const of = (couplings: Couplings | null, squares: boolean): ((x: DeviceArray) => Promise<DeviceArray>) => {
    if (couplings === null) return async () => none as DeviceArray
    const { weights, neighbours } = couplings
    const shape = { width: columns / 4, height: units, components: 4 } as const
    if (neighbours === null) {
      const field: DeviceKernel = workspace.kernel(denseField, {
        ...shape,
        takes: ['array', 'array'],
        constants: { units, squares },
      })
      return (x) => field(weights, x)
    }
    const field: DeviceKernel = workspace.kernel(listedField, {
      ...shape,
      takes: ['array', 'array', 'array'],
      constants: { degree: weights.height, squares },
    })
    return (x) => field(weights, x, neighbours)
  }
  const linear = of(bilinear, false)
  const square = of(quartic, true)
  return async (x) => ({ s: await linear(x), t: await square(x) })
}
