import type { Bath } from '../protocol/bath.js'
import type { Estimate } from './estimate.js'
import type { SampledDistance } from './wasserstein.js'

/** A measured entropy production beside the least that any protocol of the same duration could do with. */
export interface SpeedLimit {
  /** W2²/(μ kT τ), in units of k_B */
  readonly bound: Estimate
  /** bound/ΔS_tot: 1 for the optimal protocol */
  readonly efficiency: number
  /** (ΔS_tot - bound)/√(SE² + SE²): below -4 the limit is broken, and something is wrong */
  readonly z: number
}

/**
 * The speed limit of stochastic thermodynamics: to take the law of the states from p_0 to p_τ in a time τ costs at least
 *
 *     ΔS_tot ≥ W2²(p_0, p_τ)/(μ kT τ)
 *
 * A lower bound of W2² (sliced, Gaussian) gives a weaker, still valid limit. The bias of the distance is taken off.
 *
 * @param entropyProduction mean ΔS_tot in units of k_B
 * @param distance W2² or a lower bound, squared units of x
 * @param duration τ
 * Source: Aurell et al., J. Stat. Phys. 147, 487 (2012).
 */
export function speedLimit(
  entropyProduction: Estimate,
  distance: SampledDistance,
  { kT, mobility }: Bath,
  duration: number,
): SpeedLimit {
  const scale = 1 / (mobility * kT * duration)
  const bound = {
    value: scale * Math.max(0, distance.value - distance.bias),
    standardError: scale * distance.standardError,
  }
  const error = Math.hypot(entropyProduction.standardError, bound.standardError)
  return {
    bound,
    efficiency: bound.value / entropyProduction.value,
    z: (entropyProduction.value - bound.value) / error,
  }
}
