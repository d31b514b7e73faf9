import type { Bath } from '../protocol/bath.js'

/** An active particle: a force σ η on it, η of variance 1 and correlations e^(-t/τ). */
export interface ActiveForce {
  /** σ, its root mean square */
  readonly strength: number
  /** τ */
  readonly time: number
}

/**
 * At rest in a trap U = kx²/2,
 *
 *     ⟨x²⟩ = kT/k + μσ²τ/(k(1 + μkτ)),   ⟨f∘ẋ⟩ = μσ²/(1 + μkτ)
 *
 * the second the power of the active force, all of which goes on to the bath as heat.
 *
 * @param k stiffness, > 0
 * Source: Szamel, Phys. Rev. E 90, 012111 (2014), eqs. 10–11; Fodor et al., Phys. Rev. Lett. 117, 038103 (2016).
 */
export function activeInTrap(k: number, { strength, time }: ActiveForce, { kT, mobility }: Bath) {
  const slow = 1 + mobility * k * time
  return {
    variance: kT / k + (mobility * strength ** 2 * time) / (k * slow),
    power: (mobility * strength ** 2) / slow,
  }
}

/**
 * Mean square displacement of a free active particle after so many steps of Euler–Maruyama of length h, exactly: with ρ = e^(-h/τ),
 *
 *     2μkT Nh + (μσh)² [N(1+ρ)/(1-ρ) - 2ρ(1-ρᴺ)/(1-ρ)²]
 *
 * which tends to 2μkT t + 2(μσ)²τ[t - τ(1 - e^(-t/τ))]: ballistic before τ, diffusive after.
 */
export function activeDisplacement({ strength, time }: ActiveForce, { kT, mobility }: Bath, h: number, steps: number) {
  const kept = Math.exp(-h / time)
  const lost = -Math.expm1(-h / time)
  const correlated = (steps * (1 + kept)) / lost + (2 * kept * Math.expm1((-h * steps) / time)) / lost ** 2
  return 2 * mobility * kT * h * steps + (mobility * strength * h) ** 2 * correlated
}
