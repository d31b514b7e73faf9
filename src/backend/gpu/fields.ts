import { hiddenMean, pulledField } from './hidden-kernels.js'
import { denseField, listedField } from './kernels.js'
import type { Couplings, DeviceHidden, DeviceLandscape } from './landscape.js'
import type { DeviceArray, DeviceKernel, Workspace } from './workspace.js'

/** What the others do to each unit. */
export interface Fields {
  /** s_i = Σ_j J_ij x_j - Σ_l L_il x_l - Σ_h V_ih ⟨s_h⟩ at x, [units, columns] */
  readonly s: DeviceArray
  /** t_i = Σ_j G_ij x_j², [units, columns] */
  readonly t: DeviceArray
  /** v_h = Σ_i V_ih x_i, [hidden, columns]; null without hidden units */
  readonly v: DeviceArray | null
}

/** Kernels for the fields of states [units, columns]; each call overwrites the fields of the one before. */
export function createFields(
  workspace: Workspace,
  { bilinear, quartic, hidden }: DeviceLandscape,
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
  if (hidden === null) return async (x) => ({ s: await linear(x), t: await square(x), v: null })
  const seen = createSeen(workspace, hidden, units, columns)
  const pulled = createPulled(workspace, hidden, units, columns)
  return async (x) => {
    const v = await seen(x)
    return { s: await pulled(await linear(x), v), t: await square(x), v }
  }
}

/** A kernel for what hidden units see of states, or of residuals: Σ_i V_ih x_i, [hidden, columns]. */
export function createSeen(
  workspace: Workspace,
  hidden: DeviceHidden,
  units: number,
  columns: number,
): (x: DeviceArray) => Promise<DeviceArray> {
  const field = workspace.kernel(denseField, {
    width: columns / 4,
    height: hidden.units,
    components: 4,
    takes: ['array', 'array'],
    constants: { units, squares: false },
  })
  return (x) => field(hidden.weights, x)
}

/** Kernels for s_i - Σ_h V_ih ⟨s_h⟩ where hidden units see v. */
function createPulled(workspace: Workspace, hidden: DeviceHidden, units: number, columns: number) {
  const shape = { width: columns / 4, components: 4 } as const
  const mean = workspace.kernel(hiddenMean, { ...shape, height: hidden.units, takes: ['array', 'array'] })
  const pulled = workspace.kernel(pulledField, {
    ...shape,
    height: units,
    takes: ['array', 'array', 'array'],
    constants: { hidden: hidden.units },
  })
  return async (s: DeviceArray, v: DeviceArray) => pulled(s, hidden.weights, await mean(v, hidden.own))
}
