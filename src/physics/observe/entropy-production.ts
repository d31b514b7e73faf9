import type { PointSet } from '../network/states.js'
import { type Estimate, meanOf } from './estimate.js'
import type { BoundaryEntropy } from './state-density.js'

/** Natural logarithm of a density at each row of a point set, [count]. */
export type LogDensity = (set: PointSet) => Float64Array

/** Entropy production of an ensemble, in units of k_B, and how the density of the final states was had. */
export interface EntropyProduction {
  /** ΔS_tot of each trajectory; by nearest neighbours good for means only, [trajectories] */
  readonly perTrajectory: Float64Array
  readonly mean: Estimate
  readonly boundary: BoundaryEntropy['sources']['final']
}

/**
 * Entropy production in units of k_B:
 *
 *     ΔS_tot = Q/kT + ln p_0(x_0) - ln p_τ(x_τ)
 *
 * the medium part from the measured heat, the boundary part from the densities of the initial and final states.
 * Source: Seifert, Phys. Rev. Lett. 95, 040602 (2005).
 *
 * @param heat - Q to the bath, [trajectories]
 */
export function entropyProduction(heat: Float64Array, kT: number, boundary: BoundaryEntropy): EntropyProduction {
  const perTrajectory = heat.map((q, n) => q / kT + boundary.perTrajectory[n]!)
  const { standardError } = meanOf(heat.map((q, n) => q / kT + boundary.spread[n]!))
  return {
    perTrajectory,
    mean: { value: meanOf(perTrajectory).value, standardError },
    boundary: boundary.sources.final,
  }
}

/** The density of independent Gaussian coordinates with the given means [units] (or one for all) and variance. */
export function gaussianDensity(mean: readonly number[] | number, variance: number): LogDensity {
  return ({ points, count, units }) => {
    const out = new Float64Array(count)
    for (let n = 0; n < count; n++) {
      let square = 0
      for (let i = 0; i < units; i++)
        square += (points[n * units + i]! - (typeof mean === 'number' ? mean : mean[i]!)) ** 2
      out[n] = -square / (2 * variance) - (units / 2) * Math.log(2 * Math.PI * variance)
    }
    return out
  }
}
