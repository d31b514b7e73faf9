import type { Estimate } from './estimate.js'
import { type ExponentialAverage, exponentialAverage } from './exponential-average.js'

/** ⟨e^(-ΔS_tot)⟩, which is 1 on average. */
export interface IntegralFluctuation extends Estimate {
  /** of the weights e^(-ΔS_tot), as is the next */
  readonly effectiveSampleSize: number
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
