import { type Potential, termSlice } from '../potential/potential.js'
import type { Noising } from '../protocol/noising.js'

/**
 * Where learning begins: the trap alone, stiffness k0 and nothing else, [parameters]. It is what either drive needs as
 * T → ∞, and what the system is in before generation starts. (From zero, quartic couplings would grow in the stiffness's
 * place, and their bound G ≥ 0 keeps them from leaving quickly.)
 */
export function trapParameters(potential: Potential, noising: Noising): Float64Array {
  const theta = new Float64Array(potential.size)
  potential.terms.forEach(({ name }, index) => {
    if (name === 'stiffness') termSlice(potential, index, theta).fill(noising.stiffness)
  })
  return theta
}
