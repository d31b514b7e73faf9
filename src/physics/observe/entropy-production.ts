import { type Estimate, meanOf } from './estimate.js'
import { type ExponentialAverage, exponentialAverage } from './exponential-average.js'
import type { BoundaryEntropy } from './state-density.js'

/** Entropy production of an ensemble, in units of k_B, and how the density of the final states was had. */
export interface EntropyProduction {
  /** ΔS_tot of each trajectory; by nearest neighbours good for means only, [trajectories] */
  readonly perTrajectory: Float64Array
  /** over trajectories */
  readonly mean: Estimate
  /** where the density of the final states was taken from */
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

/** ⟨e^(-ΔS_tot)⟩, which is 1 on average. */
export interface IntegralFluctuation extends Estimate {
  /** of the weights e^(-ΔS_tot), as is the next */
  readonly effectiveSampleSize: number
  /** of the weights' tail: a mean or a variance that does not exist shows in it */
  readonly tailIndex: ExponentialAverage['tailIndex']
  /** what is wrong and what mends it; null when nothing is known to be */
  readonly warning: string | null
}

/**
 * The integral fluctuation theorem, measured: ⟨e^(-ΔS_tot)⟩ = 1 for any protocol and any initial law, if ΔS_tot has the
 * exact densities of the initial and final states. With Q/kT for the medium part a discrete scheme obeys it up to O(h); with
 * the path log-ratio (`addPathLogRatio`) exactly. With densities estimated from the same states it proves nothing.
 *
 * @param entropyProduction ΔS_tot, in units of k_B, [n] independent trajectories
 * Source: Seifert, Phys. Rev. Lett. 95, 040602 (2005).
 */
export function integralFluctuation(entropyProduction: Float64Array): IntegralFluctuation {
  const average = exponentialAverage(entropyProduction.map((s) => -s))
  const { effectiveSampleSize, tailIndex, doubt } = average
  const value = Math.exp(average.logMean)
  return {
    value,
    standardError: value * average.relativeError,
    effectiveSampleSize,
    tailIndex,
    warning: doubt === null ? null : `fluctuation theorem: ${doubt}. Use a slower protocol or more trajectories.`,
  }
}
