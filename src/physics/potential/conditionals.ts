import { invalidValue, listed } from '../../errors.js'
import { isTwoState } from '../network/blocks.js'
import { givenHidden, isHarmonicGivenHidden, isHarmonicGivenStates } from './given-hidden.js'
import { createHiddenCoupling } from './hidden-coupling.js'
import { eachTerm, type Potential } from './potential.js'

/**
 * The laws of each continuous unit given all others, of a potential that is harmonic once its two-state hidden units, or the states of
 * all units that have any, are given.
 */
export interface Conditionals {
  /** number of hidden units, which are drawn with the others */
  readonly hidden: number
  /** K, symmetric [units, units] row-major */
  readonly stiffness: Float64Array
  /**
   * Draws s = ±1 given x, and writes the part of the force that does not depend on x any more,
   *
   *     s_h = ±1 with probability ∝ e^(u_h s_h/kT),   u_h = Σ_i V_ih x_i + b_h,   out_i = f_i + Σ_h V_ih s_h
   *
   * @param uniform - one number in (0, 1) for each hidden unit and state, [hidden, batch]
   * @param out - [units, batch]
   */
  drawForce(x: Float64Array, batch: number, kT: number, uniform: Float64Array, out: Float64Array): void
}

/**
 * Those of a potential at θ.
 *
 * @throws E_INVALID_VALUE for terms whose conditional laws are not known
 * Cost: O(units² + edges); a draw a multiply-add for each visible–hidden edge and state, twice.
 */
export function conditionalsOf(potential: Potential, theta: Float64Array): Conditionals {
  requireConditionals(potential)
  const { force, stiffness, coupling, bias } = givenHidden(potential, theta)
  const hidden = bias.length
  const edges = hidden === 0 ? null : createHiddenCoupling(potential.network)
  return {
    hidden,
    stiffness,
    drawForce(x, batch, kT, uniform, out) {
      if (edges !== null) {
        const s = new Float64Array(hidden * batch)
        edges.toHidden(coupling, x, batch, s)
        for (let h = 0; h < hidden; h++)
          for (let n = h * batch; n < (h + 1) * batch; n++)
            s[n] = uniform[n]! * (1 + Math.exp((-2 * (s[n]! + bias[h]!)) / kT)) < 1 ? 1 : -1
        edges.toVisible(coupling, s, batch, out)
      } else out.fill(0)
      for (let n = 0; n < out.length; n++) out[n]! += force[Math.floor(n / batch)]!
      eachTerm(potential, ({ givenStates, addForceAndEnergy }, own) => {
        if (givenStates === 'linear') addForceAndEnergy(own(theta), x, batch, out, null)
      })
    },
  }
}

/** @throws E_INVALID_VALUE where a term leaves no law to draw a unit from given all others */
export function requireConditionals(potential: Potential, where = 'objective.kernels'): void {
  if (isHarmonicGivenHidden(potential) || isHarmonicGivenStates(potential)) return
  const others = potential.terms.filter(
    ({ harmonic, givenStates, hiddenStates }) => !harmonic && givenStates === undefined && !isTwoState(hiddenStates),
  )
  throw invalidValue(
    `gibbs draws each unit from its law given all others, which is known for stiffness, bias and bilinear with bistable hidden units; the potential has ${listed(others.map(({ name }) => name))} too. Use langevin or mala.`,
    where,
  )
}
