import { type Term, type TermOn, termDefaults } from './term.js'

/**
 * Couplings of the visible units to label units s_l = ±1, which are clamped to a class: to the data's in training, to one
 * that is drawn or chosen in generation,
 *
 *     U = -Σ_il L_il x_i s_l,   F_i = Σ_l L_il s_l,   φ = -x_i s_l
 *
 * Parameters: L by label, then by visible unit, [labels, visible] ("label-coupling"). What a label does to hidden units is a
 * coupling of theirs, as to any unit they see (hidden.ts).
 *
 * Cost of each method: O(labels·visible·batch).
 */
export const labelCoupling: TermOn = ({ visible, units, labels }): Term => {
  /** visits each coupling with the first entries of the rows of its two units */
  const each = (batch: number, visit: (parameter: number, unit: number, label: number) => void) => {
    for (let l = 0; l < labels; l++)
      for (let i = 0; i < visible; i++) visit(l * visible + i, i * batch, (visible + l) * batch)
  }
  return {
    ...termDefaults,
    name: 'label-coupling',
    kernel: 'label-coupling',
    support: 'label',
    size: labels * visible,
    harmonic: true,
    degree: 2,
    addForceAndEnergy(theta, x, batch, force, energy) {
      each(batch, (parameter, unit, label) => {
        const L = theta[parameter]!
        for (let b = 0; b < batch; b++) {
          const [x_i, s_l] = [x[unit + b]!, x[label + b]!]
          if (force !== null) {
            force[unit + b]! += L * s_l
            force[label + b]! += L * x_i
          }
          if (energy !== null) energy[b]! -= L * x_i * s_l
        }
      })
    },
    addStatistic(_theta, x, batch, out, weights = null) {
      each(batch, (parameter, unit, label) => {
        for (let b = 0; b < batch; b++)
          out[parameter]! -= x[unit + b]! * x[label + b]! * (weights === null ? 1 : weights[b]!)
      })
    },
    addDirectional(_theta, x, r, batch, out) {
      each(batch, (parameter, unit, label) => {
        for (let b = 0; b < batch; b++) out[parameter]! -= r[unit + b]! * x[label + b]! + x[unit + b]! * r[label + b]!
      })
    },
    addSquaredGradient(_theta, x, batch, out) {
      each(batch, (parameter, unit, label) => {
        for (let b = 0; b < batch; b++) out[parameter]! += x[unit + b]! ** 2 + x[label + b]! ** 2
      })
    },
    addLaplacian() {
      // φ is linear in each unit.
    },
    addHessian(theta, _x, hessian) {
      each(1, (parameter, unit, label) => {
        hessian[unit * units + label]! -= theta[parameter]!
        hessian[label * units + unit]! -= theta[parameter]!
      })
    },
  }
}
