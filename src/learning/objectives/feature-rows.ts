import { invalidValue } from '../../errors.js'
import { copyState, type States } from '../../physics/network/states.js'
import { directional, type Potential, statistic } from '../../physics/potential/potential.js'

/** What a potential that is linear in its parameters is at given states: U = U_0 + Σ_a θ_a φ_a. */
export interface FeatureRows {
  /** φ_a(x), [batch, size] row-major */
  readonly values: Float64Array
  /** ∂φ_a/∂x_i, [units, batch, size] row-major */
  readonly slopes: Float64Array
  /** -∇U_0, the force of what nothing learns, [units, batch] */
  readonly fixedForce: Float64Array
}

/**
 * Reads the local statistics and their slopes at each state once, so that any number of energies of the same form cost a
 * product of a row with their parameters.
 *
 * Cost: units + 1 statistics for each state.
 */
export function featureRows(potential: Potential, states: States): FeatureRows {
  const { x, batch } = states
  const { size } = potential
  const { units } = potential.network
  const anywhere = new Float64Array(size)
  const values = new Float64Array(batch * size)
  const slopes = new Float64Array(units * batch * size)
  const fixedForce = new Float64Array(units * batch)
  // Linear terms exert no force at θ = 0, so that only those without parameters count.
  for (const term of potential.terms) if (term.size === 0) term.addForceAndEnergy(anywhere, x, batch, fixedForce, null)
  const state = new Float64Array(units)
  const axis = new Float64Array(units)
  for (let b = 0; b < batch; b++) {
    copyState(states, b, state)
    statistic(potential, anywhere, state, 1, values.subarray(b * size, (b + 1) * size))
    for (let i = 0; i < units; i++) {
      const start = (i * batch + b) * size
      axis[i] = 1
      directional(potential, anywhere, state, axis, 1, slopes.subarray(start, start + size))
      axis[i] = 0
    }
  }
  return { values, slopes, fixedForce }
}

/** @throws E_INVALID_VALUE naming the first term that is not linear in its parameters */
export function requireLinear({ terms }: Potential): void {
  const term = terms.find(({ linear }) => !linear)
  if (term === undefined) return
  throw invalidValue(
    `this objective needs a potential that is linear in its parameters, and its term "${term.name}" is not. Use onsite and pair terms, or potential.features radial, polynomial or fourier.`,
    'potential',
  )
}
