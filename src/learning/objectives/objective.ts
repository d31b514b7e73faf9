import type { States } from '../../physics/network/states.js'
import { type Potential, statistic } from '../../physics/potential/potential.js'

/**
 * What the gradient of an objective needs beside local statistics:
 * "local": nothing, w is constant; "three-factor": one scalar w broadcast to every replica; "sampler": it learns nothing.
 */
export type Locality = 'local' | 'three-factor' | 'sampler'

/** States with a weight each. */
interface WeightedEnsemble extends States {
  /** w, [batch], of any sign; 1/batch when null */
  readonly weights: Float64Array | null
}

/** An ensemble that a gradient takes local statistics of, such as data, walkers of the model, or noised data. */
export interface Phase {
  readonly name: string
  /** what multiplies its statistics: +1 for data, -1 for the model */
  readonly scale: number
  readonly ensemble: WeightedEnsemble
}

/**
 * An energy-based objective: it makes the ensembles, and its gradient is their contrast. It may follow the energy as that
 * changes.
 */
export interface Objective {
  readonly name: string
  readonly locality: Locality
  /** the ensembles at θ ([size]), of iteration number `iteration` */
  phases(theta: Float64Array, iteration: number): readonly Phase[]
  /** lets the ensembles follow a step of the parameters */
  follow?(before: Float64Array, after: Float64Array, iteration: number): void
}

/**
 * The gradient of every objective here: writes
 *
 *     out_a = Σ_phases scale Σ_n w_n φ̄_a(x_n)
 *
 * For data minus model this is kT times the gradient of the mean negative log-likelihood.
 *
 * @param out - [size]; energies over those of θ
 *
 * Cost: one local statistic for each state of each phase.
 */
export function contrast(
  potential: Potential,
  theta: Float64Array,
  phases: readonly Phase[],
  out: Float64Array,
): Float64Array {
  const part = new Float64Array(potential.size)
  out.fill(0)
  for (const { scale, ensemble } of phases) {
    const { x, batch, weights } = ensemble
    statistic(potential, theta, x, batch, part, weights)
    const factor = weights === null ? scale / batch : scale
    for (let a = 0; a < out.length; a++) out[a]! += factor * part[a]!
  }
  return out
}
