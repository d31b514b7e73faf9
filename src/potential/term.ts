import type { Network } from '../network/network.js'

/**
 * A term of the potential: U contains Σ_a θ_a φ_a(x), one parameter θ_a and one statistic φ_a for each unit or each edge.
 * Everything a simulator, a learning rule or an oracle asks of a potential is a method here; a new term is one object
 * that supplies them (see onsite.ts and pair.ts for the two ways to make one from a function of one variable).
 *
 * Arrays of states are flat, batch innermost: x[unit·batch + trajectory]. Methods whose name starts with `add`
 * accumulate into their output. `theta` and per-parameter outputs are this term's own slice, [size].
 */
export interface Term {
  readonly name: string
  /** whether it has one parameter for each unit or for each edge of the network it was made for */
  readonly support: 'unit' | 'edge'
  /** number of parameters */
  readonly size: number
  /** parameters below this make the potential unbounded */
  readonly lowerBound: number
  /** whether the force is linear in x for any θ, so that the system stays Gaussian */
  readonly harmonic: boolean
  /** force -= Σ_a θ_a ∇φ_a ([units, batch]) and energy += Σ_a θ_a φ_a ([batch]); either may be null */
  addForceAndEnergy(
    theta: Float64Array,
    x: Float64Array,
    batch: number,
    force: Float64Array | null,
    energy: Float64Array | null,
  ): void
  /** out_a += Σ_trajectories φ_a(x) */
  addStatistic(x: Float64Array, batch: number, out: Float64Array): void
  /** out_a += Σ_trajectories r·∇φ_a(x); r is [units, batch] */
  addDirectional(x: Float64Array, r: Float64Array, batch: number, out: Float64Array): void
  /** out_a += Σ_trajectories |∇φ_a(x)|², the diagonal of the least-squares problem */
  addSquaredGradient(x: Float64Array, batch: number, out: Float64Array): void
  /** out_a += Σ_trajectories ∇²φ_a(x) */
  addLaplacian(x: Float64Array, batch: number, out: Float64Array): void
  /**
   * An approximate inverse of the term's own least-squares matrix Σ_trajectories ∇φ_a·∇φ_b over the given states: writes
   * z ≈ A⁻¹ g ([size] both). It must be symmetric and positive. Without it the diagonal is used.
   */
  readonly approximateInverse?: (states: readonly States[]) => (g: Float64Array, z: Float64Array) => void
  /** hessian += Σ_a θ_a ∂²φ_a/∂x_i∂x_j at one state x [units]; hessian is [units, units] row-major */
  addHessian(theta: Float64Array, x: Float64Array, hessian: Float64Array): void
}

/** A batch of states, [units, batch]. */
export interface States {
  readonly x: Float64Array
  readonly batch: number
}

/** Makes a term for a network. */
export type TermOn = (network: Network) => Term

/**
 * A function of one variable, row by row: writes f(x[from + n]) to out[n] for n < length. A row at a time keeps the call
 * out of the innermost loop.
 */
export type RowFunction = (x: Float64Array, from: number, length: number, out: Float64Array) => void

/** A function of one variable with its first two derivatives. */
export interface UnitFunction {
  readonly value: RowFunction
  readonly slope: RowFunction
  readonly curvature: RowFunction
}

/** A scratch array that grows on demand and keeps its contents between calls. */
export function scratch(): (length: number) => Float64Array {
  let array = new Float64Array(0)
  return (length) => {
    if (array.length < length) array = new Float64Array(length)
    return array
  }
}
