import { type Potential, termSlice } from './potential.js'

/**
 * A potential that is harmonic once its two-state hidden units s = ±1 are given,
 *
 *     U(x, s) = U_0 - f·x + xᵀKx/2 - Σ_ih V_ih x_i s_h - Σ_h b_h s_h
 *
 * whose free energy U(x) = -kT log Σ_s e^(-U(x, s)/kT) is that of the potential.
 */
export interface GivenHidden {
  /** U_0 */
  readonly energy: number
  /** f, [units] */
  readonly force: Float64Array
  /** K, [units, units] row-major */
  readonly stiffness: Float64Array
  /** V on the network's hidden edges, [edges]; empty without a term of hidden units */
  readonly coupling: Float64Array
  /** b, [hidden]; empty without a term of hidden units */
  readonly bias: Float64Array
}

/** Whether all terms are harmonic but at most one, that of hidden units with two states. */
export function isHarmonicGivenHidden({ terms }: Potential): boolean {
  const others = terms.filter(({ harmonic }) => !harmonic)
  return others.length === 0 || (others.length === 1 && others[0]!.kernel === 'bistable')
}

/** The parts of such a potential (see isHarmonicGivenHidden) at θ. Cost: O(units² + edges). */
export function givenHidden(potential: Potential, theta: Float64Array): GivenHidden {
  const { units, hiddenEdges } = potential.network
  const origin = new Float64Array(units)
  const force = new Float64Array(units)
  const energy = new Float64Array(1)
  const stiffness = new Float64Array(units * units)
  let hidden: Float64Array = new Float64Array(0)
  potential.terms.forEach((term, index) => {
    const own = termSlice(potential, index, theta)
    if (!term.harmonic) {
      hidden = own
      return
    }
    term.addForceAndEnergy(own, origin, 1, force, energy)
    term.addHessian(own, origin, stiffness)
  })
  const edges = hidden.length === 0 ? 0 : hiddenEdges.count
  return { energy: energy[0]!, force, stiffness, coupling: hidden.subarray(0, edges), bias: hidden.subarray(edges) }
}
