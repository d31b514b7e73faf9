import { invalidValue } from '../../errors.js'
import { copyState, type States } from '../../physics/network/states.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Term } from '../../physics/potential/term.js'

/** What a potential that is linear in its parameters is at given states: U = U_0 + Σ_a θ_a φ_a. */
export interface FeatureRows extends FeatureSlopes {
  /** φ_a(x), [batch, size] row-major */
  readonly values: Float64Array
}

/** What its forces are made of there. */
export interface FeatureSlopes {
  /** ∂φ_a/∂x_i, [units, batch, size] row-major */
  readonly slopes: Float64Array
  /** -∇U_0, the force of what nothing learns, [units, batch] */
  readonly fixedForce: Float64Array
}

/**
 * Reads the local statistics and their slopes at each state once, so that any number of energies of the same form cost a
 * product of a row with their parameters.
 *
 * Cost: for terms on units and edges, a force for each parameter; for others units + 1 statistics for each state.
 */
export function featureRows(potential: Potential, states: States): FeatureRows {
  const values = new Float64Array(states.batch * potential.size)
  return { values, ...featureSlopes(potential, states, values) }
}

/** The slopes alone, or with φ_a(x), which is written to `values` where that is given. Cost: as featureRows. */
export function featureSlopes(potential: Potential, states: States, values: Float64Array | null = null): FeatureSlopes {
  const { x, batch } = states
  const { size } = potential
  const { units } = potential.network
  const anywhere = new Float64Array(size)
  const slopes = new Float64Array(units * batch * size)
  const fixedForce = new Float64Array(units * batch)
  // Linear terms exert no force at θ = 0, so that only those without parameters count.
  for (const term of potential.terms) if (term.size === 0) term.addForceAndEnergy(anywhere, x, batch, fixedForce, null)
  potential.terms.forEach((term, index) => {
    const read = term.support === 'unit' || term.support === 'edge' ? byParameter : byState
    read(term, potential.offsets[index]!, size, states, slopes, values)
  })
  return { slopes, fixedForce }
}

/** A term whose parameters each touch a unit or two: with one of them at 1 and the others at 0, its energy is φ_a and its force -∇φ_a. */
function byParameter(
  term: Term,
  offset: number,
  size: number,
  { x, batch }: States,
  slopes: Float64Array,
  values: Float64Array | null,
): void {
  const theta = new Float64Array(term.size)
  const force = new Float64Array(x.length)
  const energy = values && new Float64Array(batch)
  for (let a = 0; a < term.size; a++) {
    theta[a] = 1
    term.addForceAndEnergy(theta, x, batch, force.fill(0), energy?.fill(0) ?? null)
    theta[a] = 0
    for (let n = 0; n < x.length; n++) slopes[n * size + offset + a] = -force[n]!
    if (values !== null) for (let b = 0; b < batch; b++) values[b * size + offset + a] = energy![b]!
  }
}

/** A term whose functions are of the whole state, all evaluated at one state at a time. */
function byState(
  term: Term,
  offset: number,
  size: number,
  states: States,
  slopes: Float64Array,
  values: Float64Array | null,
): void {
  const { x, batch } = states
  const units = x.length / batch
  const anywhere = new Float64Array(term.size)
  const state = new Float64Array(units)
  const axis = new Float64Array(units)
  for (let b = 0; b < batch; b++) {
    const own = (row: number) => row * size + offset
    copyState(states, b, state)
    if (values !== null) term.addStatistic(anywhere, state, 1, values.subarray(own(b), own(b) + term.size))
    for (let i = 0; i < units; i++) {
      const start = own(i * batch + b)
      axis[i] = 1
      term.addDirectional(anywhere, state, axis, 1, slopes.subarray(start, start + term.size))
      axis[i] = 0
    }
  }
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
