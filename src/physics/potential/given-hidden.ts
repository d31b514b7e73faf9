import { isTwoState } from '../network/blocks.js'
import { hasWalls } from '../network/network.js'
import { eachTerm, type Potential } from './potential.js'

/**
 * A potential that is harmonic once its two-state hidden units s = ±1 are given,
 *
 *     U(x, s) = U_0 - f·x + xᵀKx/2 - Σ_ih V_ih x_i s_h - Σ_h b_h s_h
 *
 * whose free energy U(x) = -kT log Σ_s e^(-U(x, s)/kT) is that of the potential.
 */
export interface GivenHidden extends HarmonicTerms {
  /** V on the network's hidden edges, [edges]; empty without a term of hidden units */
  readonly coupling: Float64Array
  /** b, [hidden]; empty without a term of hidden units */
  readonly bias: Float64Array
}

/** The harmonic terms of a potential, U_0 - f·x + xᵀKx/2, x the numbers ±1 where units have two states. */
export interface HarmonicTerms {
  /** U_0 */
  readonly energy: number
  /** f, [units] */
  readonly force: Float64Array
  /** K, symmetric [units, units] row-major */
  readonly stiffness: Float64Array
}

/** Whether all terms are harmonic, and nothing is in the way of the units, so that their velocity is linear in x. */
export function isHarmonic({ terms, network }: Potential): boolean {
  return terms.every(({ harmonic }) => harmonic) && !hasWalls(network.coordinates)
}

/** Whether all terms are harmonic but at most one, that of hidden units with two states. */
export function isHarmonicGivenHidden({ terms, network }: Potential): boolean {
  if (hasWalls(network.coordinates)) return false
  const others = terms.filter(({ harmonic }) => !harmonic)
  return others.length === 0 || (others.length === 1 && isTwoState(others[0]!.hiddenStates))
}

/** Whether the continuous units are Gaussian once the states of all others are given. */
export function isHarmonicGivenStates({ terms, network }: Pick<Potential, 'terms' | 'network'>): boolean {
  return !hasWalls(network.coordinates) && terms.every(({ givenStates }) => givenStates !== undefined)
}

/** The parts of such a potential (see isHarmonicGivenHidden) at θ. Cost: O(units² + edges). */
export function givenHidden(potential: Potential, theta: Float64Array): GivenHidden {
  return { ...harmonicTerms(potential, theta), ...hiddenPart(potential, theta) }
}

/** What couples the hidden units, and their biases. */
export function hiddenPart(potential: Potential, theta: Float64Array): Pick<GivenHidden, 'coupling' | 'bias'> {
  let hidden: Float64Array = new Float64Array(0)
  eachTerm(potential, ({ hiddenStates }, own) => {
    if (hiddenStates !== undefined) hidden = own(theta)
  })
  const edges = hidden.length === 0 ? 0 : potential.network.hiddenEdges.count
  return { coupling: hidden.subarray(0, edges), bias: hidden.subarray(edges) }
}

/** The harmonic terms of a potential at θ; of those that tell states apart none. Cost: O(units² + edges). */
export function harmonicTerms(potential: Potential, theta: Float64Array): HarmonicTerms {
  const { units } = potential.network
  const origin = new Float64Array(units)
  const energy = new Float64Array(1)
  const force = new Float64Array(units)
  const stiffness = new Float64Array(units * units)
  eachTerm(potential, (term, own) => {
    if (!term.harmonic && term.givenStates !== 'quadratic') return
    const parameters = own(theta)
    term.addForceAndEnergy(parameters, origin, 1, force, energy)
    term.addHessian(parameters, origin, stiffness)
  })
  return { energy: energy[0]!, force, stiffness }
}
