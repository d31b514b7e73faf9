/** Points of the quadrature, and how far it reaches, in standard deviations of the tether. */
const points = 8001
const reach = 10

/**
 * Mean and variance of one unit y on a tether to a, p(y|a) ∝ p(y) e^(-(a-y)²/2σ²), by quadrature over a ± 10σ.
 *
 * @param logDensity - log p(y), up to a constant
 * @param spread - σ
 * Cost: 8,001 densities.
 */
export function tetheredMoments(
  logDensity: (y: number) => number,
  anchor: number,
  spread: number,
): { readonly mean: number; readonly variance: number } {
  const u = Float64Array.from({ length: points }, (_, n) => reach * ((2 * n) / (points - 1) - 1))
  const exponent = u.map((value) => logDensity(anchor + spread * value) - (value * value) / 2)
  const largest = exponent.reduce((a, b) => Math.max(a, b), -Infinity)
  let [total, first, second] = [0, 0, 0]
  u.forEach((value, n) => {
    const weight = Math.exp(exponent[n]! - largest)
    total += weight
    first += weight * value
    second += weight * value * value
  })
  const mean = first / total
  return { mean: anchor + spread * mean, variance: spread * spread * (second / total - mean * mean) }
}
