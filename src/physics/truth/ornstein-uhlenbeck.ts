import type { Bath } from '../protocol/bath.js'

/** Mean and variance of one coordinate. */
export interface Moments {
  /** ⟨x⟩ */
  readonly mean: number
  /** ⟨x²⟩ - ⟨x⟩² */
  readonly variance: number
}

/**
 * An oscillator that relaxes in a trap U = k x²/2, from any start with the given moments:
 *
 *     mean(t) = mean e^(-μkt),   var(t) = var e^(-2μkt) + (kT/k)(1 - e^(-2μkt))
 *
 * A Gaussian start stays Gaussian.
 *
 * @param k stiffness; 0 or negative where the trap is absent or inverted
 * @param t elapsed time ≥ 0
 * Source: Uhlenbeck and Ornstein, Phys. Rev. 36, 823 (1930), without inertia.
 */
export function relaxation(k: number, { kT, mobility }: Bath, start: Moments, t: number): Moments {
  const left = Math.exp(-mobility * k * t)
  const added = k === 0 ? 2 * mobility * kT * t : (-kT / k) * Math.expm1(-2 * mobility * k * t)
  return { mean: start.mean * left, variance: start.variance * left * left + added }
}

/**
 * The same after `steps` steps of Euler–Maruyama, exactly: with a = 1 - μhk,
 *
 *     mean' = a mean,   var' = a² var + 2μkTh
 *
 * @param dt step length h
 */
export function relaxationOfSteps(k: number, bath: Bath, start: Moments, dt: number, steps: number): Moments {
  const left = (1 - bath.mobility * dt * k) ** steps
  const added = 2 * bath.mobility * bath.kT * dt
  const a2 = (1 - bath.mobility * dt * k) ** 2
  const variance = start.variance * left * left + (a2 === 1 ? added * steps : (added * (1 - left * left)) / (1 - a2))
  return { mean: start.mean * left, variance }
}

/** Stationary autocovariance ⟨x(0) x(t)⟩ = (kT/k) e^(-μk|t|). @param k > 0 */
export function autocovarianceInTrap(k: number, { kT, mobility }: Bath, t: number): number {
  return (kT / k) * Math.exp(-mobility * k * Math.abs(t))
}

/**
 * The same for Euler–Maruyama, `lag` steps apart: v aˡᵃᵍ with a = 1 - μhk and v = (kT/k)/(1 - μhk/2).
 *
 * @param k > 0, with μhk < 2
 */
export function autocovarianceOfSteps(k: number, { kT, mobility }: Bath, dt: number, lag: number): number {
  const a = 1 - mobility * dt * k
  return (kT / k / (1 - (mobility * dt * k) / 2)) * a ** lag
}
