/** Two units in traps k0, joined by a spring k, each in a bath of its own: U = k0(x₁² + x₂²)/2 + k(x₁ - x₂)²/2. */
export interface PairBetweenBaths {
  readonly trap: number
  readonly spring: number
  readonly mobility: readonly [number, number]
  readonly kT: readonly [number, number]
}

/** What is exactly known of it at rest. */
export interface ConductionLaw {
  /** variances of the two, and their covariance */
  readonly variance: readonly [number, number]
  readonly covariance: number
  /** heat from the second bath to the first, per unit of time */
  readonly heat: number
  /** entropy that it produces, in units of k_B per unit of time */
  readonly entropy: number
}

/**
 * Heat conduction in continuous time. With a = k0 + k, the Lyapunov equation μKS + SKμ = 2μkT has
 *
 *     S₁₂ = k(μ₁T₂ + μ₂T₁)/((μ₁ + μ₂)(a² - k²)),  S_ii = (T_i + k S₁₂)/a,
 *
 * and of ⟨Q̇₁⟩ = μ₁(⟨F₁²⟩ - T₁a) remains J = k² μ₁μ₂(T₂ - T₁)/((μ₁ + μ₂) a), which produces J(1/T₁ - 1/T₂).
 *
 * Source: Sekimoto, Stochastic Energetics (2010), ch. 4; of equal mobilities and free units Parrondo and Español, Am. J. Phys. 64, 1125
 * (1996).
 */
export function conductionLaw({ trap, spring, mobility: [m1, m2], kT: [T1, T2] }: PairBetweenBaths): ConductionLaw {
  const a = trap + spring
  const covariance = (spring * (m1 * T2 + m2 * T1)) / ((m1 + m2) * (a * a - spring * spring))
  const heat = (spring * spring * m1 * m2 * (T2 - T1)) / ((m1 + m2) * a)
  return {
    variance: [(T1 + spring * covariance) / a, (T2 + spring * covariance) / a],
    covariance,
    heat,
    entropy: heat * (1 / T1 - 1 / T2),
  }
}
