import { stateStatistics } from './features.js'
import { type TermOn, termDefaults } from './term.js'

/** Equal harmonic wells: where they are ([wells][units]) and the standard deviation of each, at the bath's temperature. */
export interface Wells {
  /** [wells][units] */
  readonly centres: readonly (readonly number[])[]
  /** 1 when absent */
  readonly width?: number | undefined
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
  return ({ units }) => {
    /** r_k at the state last settled at, [wells] */
    const r = new Float64Array(wells)
    /** writes r_k to `r` and returns U, for column b */
    const settle = (theta: Float64Array, x: Float64Array, batch: number, b: number) => {
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
    const meanCentre = (i: number) => centres.reduce((sum, centre, k) => sum + r[k]! * centre[i]!, 0)
    return {
      ...termDefaults,
      name: 'wells',
      support: 'state',
      degree: null,
      size: wells - 1,
      linear: false,
      addForceAndEnergy(theta, x, batch, force, energy) {
        // F_i = kT (Σ_k r_k c_k,i - x_i)/s²
        for (let b = 0; b < batch; b++) {
          const u = settle(theta, x, batch, b)
          if (energy !== null) energy[b]! += u
          if (force !== null)
            for (let i = 0; i < units; i++)
              force[i * batch + b]! += (kT * (meanCentre(i) - x[i * batch + b]!)) / variance
        }
      },
      addHessian(theta, x, hessian) {
        // kT (1/s² - Cov_r(c_i, c_j)/s⁴)
        settle(theta, x, 1, 0)
        const means = Float64Array.from({ length: units }, (_, i) => meanCentre(i))
        for (let i = 0; i < units; i++)
          for (let j = 0; j < units; j++) {
            const covariance = centres.reduce(
              (sum, centre, k) => sum + r[k]! * (centre[i]! - means[i]!) * (centre[j]! - means[j]!),
              0,
            )
            hessian[i * units + j]! += kT * ((i === j ? 1 : 0) / variance - covariance / variance ** 2)
          }
      },
      ...stateStatistics(units, wells - 1, (theta, x, value, gradient) => {
        settle(theta, x, 1, 0)
        if (value !== null) for (let k = 1; k < wells; k++) value[k - 1] = -kT * r[k]!
        if (gradient === null) return
        // ∂φ̄_k/∂x_i = -kT r_k (c_k,i - Σ_l r_l c_l,i)/s²
        for (let i = 0; i < units; i++) {
          const mean = meanCentre(i)
          for (let k = 1; k < wells; k++)
            gradient[(k - 1) * units + i] = (-kT * r[k]! * (centres[k]![i]! - mean)) / variance
        }
      }),
      addLaplacian(theta, x, batch, out) {
        // With d_k = c_k - Σ_l r_l c_l: ∇²r_k = r_k(|d_k|² - Σ_l r_l|d_l|²)/s⁴
        for (let b = 0; b < batch; b++) {
          settle(theta, x, batch, b)
          const spread = new Float64Array(wells)
          for (let i = 0; i < units; i++) {
            const mean = meanCentre(i)
            for (let k = 0; k < wells; k++) spread[k]! += (centres[k]![i]! - mean) ** 2
          }
          const mean = spread.reduce((sum, square, k) => sum + r[k]! * square, 0)
          for (let k = 1; k < wells; k++) out[k - 1]! -= (kT * r[k]! * (spread[k]! - mean)) / variance ** 2
        }
      },
    }
  }
}
