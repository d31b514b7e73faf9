import { type Estimate, meanOf } from './estimate.js'
import type { BoundaryEntropy } from './state-density.js'

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
