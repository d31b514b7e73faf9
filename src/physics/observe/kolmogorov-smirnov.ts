/** How far a sample is from a standard normal one. */
export interface KolmogorovSmirnov {
  /** D = sup |F_n - Φ|, in [0, 1] */
  readonly distance: number
  /** probability of a distance at least as large, were the values independent standard normals */
  readonly pValue: number
}

/**
 * Kolmogorov–Smirnov test of independent values against N(0, 1), for z-scores that should be standard normal:
 *
 *     D = sup_z |F_n(z) - Φ(z)|,   p = 2 Σ_j (-1)^(j-1) e^(-2j²λ²),   λ = (√n + .12 + .11/√n) D
 *
 * @param values at least 1, finite
 * Cost: O(n log n) and n values of Φ.
 * Source: Kolmogorov (1933); Stephens, J. R. Stat. Soc. B 32, 115 (1970) for λ in small samples.
 */
export function kolmogorovSmirnov(values: Float64Array): KolmogorovSmirnov {
  const n = values.length
  let distance = 0
  values
    .slice()
    .sort()
    .forEach((z, k) => {
      const expected = normalDistribution(z)
      distance = Math.max(distance, (k + 1) / n - expected, expected - k / n)
    })
  return { distance, pValue: kolmogorovTail((Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance) }
}

/** P(K > λ) of Kolmogorov's limit law. */
function kolmogorovTail(lambda: number): number {
  // Below λ = .2 the alternating series converges slowly, and 1 - p < 1e-12.
  if (lambda < 0.2) return 1
  let sum = 0
  for (let j = 1; j <= 100; j++) sum += (j % 2 === 1 ? 2 : -2) * Math.exp(-2 * j * j * lambda * lambda)
  return Math.min(1, Math.max(0, sum))
}

/**
 * Standard normal distribution function Φ, by Simpson's rule on its density (absolute error below 1e-10; far tails 0 or 1).
 */
export function normalDistribution(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0
  const intervals = 400
  const step = x / intervals
  let sum = 1 + Math.exp((-x * x) / 2)
  for (let n = 1; n < intervals; n++) sum += (n % 2 === 1 ? 4 : 2) * Math.exp(-((n * step) ** 2) / 2)
  return 0.5 + (sum * step) / 3 / Math.sqrt(2 * Math.PI)
}
