import { type Noising, noiseWidth, signal } from '../protocol/noising.js'

/** Thermodynamics of generating Gaussian data with its exact score, for each unit. */
export interface ReverseNoisingTotals {
  /** given to the bath, energy */
  readonly heat: number
  /** of system and bath, in units of k_B */
  readonly entropyProduction: number
}

/** Variance of noised Gaussian data: v(t) = v_eq + (v0 - v_eq) e^(-2μk0t), v_eq = kT/k0. @param dataVariance v0 */
export function noisedVariance(noising: Noising, dataVariance: number, t: number): number {
  return signal(noising, t) ** 2 * dataVariance + noiseWidth(noising, t) ** 2
}

/**
 * Totals of generation from T down to t_min (the first and last knot), started from N(0, v(T)). With the force
 * F = (k0 - 2kT/v) y and ⟨y²⟩ = v the rates of heat and entropy production at noise time t are
 *
 *     Q̇ = μ(⟨F²⟩ + kT⟨F′⟩) = μ(k0 - 2kT/v)(k0 v - kT),   Ṡ = (μ/kT) v (k0 - kT/v)²
 *
 * and since dv = 2μ(kT - k0v)dt they integrate to
 *
 *     Q = ½[k0(v_min - v_T) + 2kT ln(v_T/v_min)],   ΔS = ½[(k0/kT)(v_min - v_T) + ln(v_T/v_min)]
 *
 * and ΔS is KL(p_tmin‖eq) - KL(p_T‖eq), as for any data with its exact score.
 */
export function reverseNoisingTotals(noising: Noising, dataVariance: number): ReverseNoisingTotals {
  const { stiffness: k0, bath, knots } = noising
  const last = noisedVariance(noising, dataVariance, knots.at(-1)!)
  const first = noisedVariance(noising, dataVariance, knots[0]!)
  const narrowing = Math.log(first / last)
  return {
    heat: (k0 * (last - first)) / 2 + bath.kT * narrowing,
    entropyProduction: ((k0 / bath.kT) * (last - first) + narrowing) / 2,
  }
}
