import type { Term, TermOn } from './term.js'

/** Equal harmonic wells: where they are ([wells][units]) and the standard deviation of each, at the bath's temperature. */
export interface Wells {
  readonly centres: readonly (readonly number[])[]
  /** 1 when absent */
  readonly width?: number
}

/** See `Wells.width`. */
export const defaultWellWidth = 1

/**
 * Wells that only differ in their weight, the free energy of a fast switch between them:
 *
 *     U = -kT log Σ_k e^(w_k - |x - c_k|²/2s²),   w_0 = 0
 *
 * Its Boltzmann law is the mixture of N(c_k, s²) with weights ∝ e^(w_k), normalised by (2πs²)^(units/2) Σ_k e^(w_k) at any
 * distance of the wells. Parameters: the log-weights w_1, w_2, …, against that of the first well; their statistic is
 * φ̄_k = ∂U/∂w_k = -kT r_k, with r_k(x) the probability that the switch stands at k.
 *
 * Cost of each method: O(wells·units·batch).
 */
export function wellsTerm({ centres, width = defaultWellWidth }: Wells, kT: number): TermOn {
  const wells = centres.length
  const variance = width * width
  return ({ units }): Term => {
    const r = new Float64Array(wells)
    /** Writes r_k to `r` and returns U, for column b. */
    const switchAt = (theta: Float64Array, x: Float64Array, batch: number, b: number): number => {
      let largest = -Infinity
      for (let k = 0; k < wells; k++) {
        let square = 0
        for (let i = 0; i < units; i++) square += (x[i * batch + b]! - centres[k]![i]!) ** 2
        r[k] = (k === 0 ? 0 : theta[k - 1]!) - square / (2 * variance)
        largest = Math.max(largest, r[k]!)
      }
      let total = 0
      for (let k = 0; k < wells; k++) {
        r[k] = Math.exp(r[k]! - largest)
        total += r[k]!
      }
      for (let k = 0; k < wells; k++) r[k]! /= total
      return -kT * (largest + Math.log(total))
    }
    /** Σ_k r_k c_k,i */
    const meanCentre = (i: number) => {
      let sum = 0
      for (let k = 0; k < wells; k++) sum += r[k]! * centres[k]![i]!
      return sum
    }
    /** Visits each column with its r and the gradient ∂φ̄_k/∂x_i = -kT r_k (c_k,i - Σ_l r_l c_l,i)/s² of each well's statistic. */
    const eachGradient = (
      theta: Float64Array,
      x: Float64Array,
      batch: number,
      visit: (k: number, i: number, b: number, gradient: number) => void,
    ) => {
      for (let b = 0; b < batch; b++) {
        switchAt(theta, x, batch, b)
        for (let i = 0; i < units; i++) {
          const mean = meanCentre(i)
          for (let k = 1; k < wells; k++) visit(k - 1, i, b, (-kT * r[k]! * (centres[k]![i]! - mean)) / variance)
        }
      }
    }
    return {
      name: 'wells',
      support: 'state',
      size: wells - 1,
      lowerBound: -Infinity,
      harmonic: false,
      linear: false,
      addForceAndEnergy(theta, x, batch, force, energy) {
        for (let b = 0; b < batch; b++) {
          const u = switchAt(theta, x, batch, b)
          if (energy !== null) energy[b]! += u
          if (force !== null)
            for (let i = 0; i < units; i++)
              force[i * batch + b]! += (kT * (meanCentre(i) - x[i * batch + b]!)) / variance
        }
      },
      addStatistic(theta, x, batch, out, weights = null) {
        for (let b = 0; b < batch; b++) {
          switchAt(theta, x, batch, b)
          for (let k = 1; k < wells; k++) out[k - 1]! -= kT * r[k]! * (weights === null ? 1 : weights[b]!)
        }
      },
      addDirectional(theta, x, r, batch, out) {
        eachGradient(theta, x, batch, (k, i, b, gradient) => {
          out[k]! += r[i * batch + b]! * gradient
        })
      },
      addSquaredGradient(theta, x, batch, out) {
        eachGradient(theta, x, batch, (k, _i, _b, gradient) => {
          out[k]! += gradient * gradient
        })
      },
      addLaplacian(theta, x, batch, out) {
        // With d_k = c_k - Σ_l r_l c_l: ∇²r_k = r_k(|d_k|² - Σ_l r_l|d_l|²)/s⁴
        for (let b = 0; b < batch; b++) {
          switchAt(theta, x, batch, b)
          const spread = new Float64Array(wells)
          for (let i = 0; i < units; i++) {
            const mean = meanCentre(i)
            for (let k = 0; k < wells; k++) spread[k]! += (centres[k]![i]! - mean) ** 2
          }
          const mean = spread.reduce((sum, square, k) => sum + r[k]! * square, 0)
          for (let k = 1; k < wells; k++) out[k - 1]! -= (kT * r[k]! * (spread[k]! - mean)) / variance ** 2
        }
      },
      addHessian(theta, x, hessian) {
        // kT (1/s² - Cov_r(c_i, c_j)/s⁴)
        switchAt(theta, x, 1, 0)
        for (let i = 0; i < units; i++)
          for (let j = 0; j < units; j++) {
            let covariance = 0
            for (let k = 0; k < wells; k++)
              covariance += r[k]! * (centres[k]![i]! - meanCentre(i)) * (centres[k]![j]! - meanCentre(j))
            hessian[i * units + j]! += kT * ((i === j ? 1 : 0) / variance - covariance / variance ** 2)
          }
      },
    }
  }
}
