import { invalidValue, listed } from '../../errors.js'
import { isTwoState } from '../network/blocks.js'
import { harmonicTerms, hiddenPart } from './given-hidden.js'
import { createHiddenCoupling } from './hidden-coupling.js'
import { eachTerm, type Potential } from './potential.js'

/**
 * The laws of units given all others, of a potential that is harmonic once its two-state hidden units, and the states of all units that
 * have any, are given.
 */
export interface Conditionals {
  /** number of hidden units that follow at once, which are drawn with the others */
  readonly hidden: number
  /**
   * Draws s = ±1 given x, and writes how they pull on the others,
   *
   *     s_h = ±1 with probability ∝ e^(u_h s_h/kT),   u_h = Σ_i V_ih x_i + b_h,   pull_i = Σ_h V_ih s_h
   *
   * @param uniform - one number in (0, 1) for each hidden unit and state, [hidden, batch]
   * @param pull - [units, batch]
   */
  drawHidden(x: Float64Array, batch: number, kT: number, uniform: Float64Array, pull: Float64Array): void
  /** the laws of the continuous units once all others are given. @throws E_INVALID_VALUE for terms whose conditional laws are not known */
  continuous(): {
    /** K, symmetric [units, units] row-major */
    readonly stiffness: Float64Array
    /** adds the part of the force that does not depend on continuous units, nor on hidden ones, to `out`, [units, batch] */
    addForce(x: Float64Array, batch: number, out: Float64Array): void
  }
}

/**
 * Those of a potential at θ.
 *
 * Cost: a draw a multiply-add for each visible–hidden edge and state, twice; of continuous ones O(units² + edges).
 */
export function conditionalsOf(potential: Potential, theta: Float64Array): Conditionals {
  const { coupling, bias } = hiddenPart(potential, theta)
  const hidden = bias.length
  const edges = hidden === 0 ? null : createHiddenCoupling(potential.network)
  return {
    hidden,
    drawHidden(x, batch, kT, uniform, pull) {
      if (edges === null) {
        pull.fill(0)
        return
      }
      const s = new Float64Array(hidden * batch)
      edges.toHidden(coupling, x, batch, s)
      for (let h = 0; h < hidden; h++)
        for (let n = h * batch; n < (h + 1) * batch; n++)
          s[n] = uniform[n]! * (1 + Math.exp((-2 * (s[n]! + bias[h]!)) / kT)) < 1 ? 1 : -1
      edges.toVisible(coupling, s, batch, pull)
    },
    continuous() {
      requireConditionals(potential)
      const { force, stiffness } = harmonicTerms(potential, theta)
      return {
        stiffness,
        addForce(x, batch, out) {
          for (let n = 0; n < out.length; n++) out[n]! += force[Math.floor(n / batch)]!
          eachTerm(potential, ({ givenStates, addForceAndEnergy }, own) => {
            if (givenStates === 'linear') addForceAndEnergy(own(theta), x, batch, out, null)
          })
        },
      }
    },
  }
}

/** @throws E_INVALID_VALUE where a term leaves no law to draw a unit from given all others */
export function requireConditionals({ terms }: Potential, where = 'objective.kernels'): void {
  const others = terms.filter(
    ({ harmonic, givenStates, hiddenStates }) => !harmonic && givenStates === undefined && !isTwoState(hiddenStates),
  )
  if (others.length === 0 && terms.filter(({ hiddenStates }) => isTwoState(hiddenStates)).length < 2) return
  throw invalidValue(
    `gibbs draws each unit from its law given all others, which is known for stiffness, bias and bilinear with bistable hidden units; the potential has ${listed(others.map(({ name }) => name))} too. Use langevin or mala.`,
    where,
  )
}
