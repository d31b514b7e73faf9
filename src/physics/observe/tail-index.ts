import type { Estimate } from './estimate.js'

/** Fewest values in a tail that is fitted. */
const fewest = 5
/** Of a tail that spans more than this (in e-foldings) e^x overflows; its index is beyond all doubt. */
const widest = 700
/** Zhang and Stephens' grid of 20 + √count points, and the 3 of their prior. */
const gridPoints = 20
const priorScale = 3

/**
 * Tail index ξ of positive values w = e^a: P(w > y) falls as y^(-1/ξ), so that w has a variance only for ξ < ½ and a mean
 * only for ξ < 1. ξ ≤ 0 for tails lighter than any power.
 *
 * The largest ⌈min(n/5, 3√n)⌉ values are fitted by a generalised Pareto law above the next one,
 * P(w - u > y) = (1 + ξy/σ)^(-1/ξ), by Zhang and Stephens' quasi-Bayesian estimator. A tail that becomes a power law only
 * slowly (logarithmic factors) shows the index that it has at the quantiles reached: usually too small a one.
 *
 * @param logarithms a, [n]
 * @returns ξ with the standard error (1 + ξ)/√(tail values) of the maximum-likelihood fit; null when there are fewer than
 * 21 values or the largest are equal
 *
 * Cost: O(n log n).
 * Source: Zhang and Stephens, Technometrics 51, 316 (2009); tail size: Vehtari et al., arXiv 1507.02646.
 */
export function tailIndex(logarithms: Float64Array): Estimate | null {
  const n = logarithms.length
  const count = Math.ceil(Math.min(n / 5, 3 * Math.sqrt(n)))
  if (count < fewest) return null
  const sorted = logarithms.slice().sort()
  const threshold = sorted[n - count - 1]!
  if (sorted[n - 1]! - threshold > widest) return { value: Number.POSITIVE_INFINITY, standardError: 0 }
  // In units of the threshold, which the shape does not depend on.
  const excess = sorted.subarray(n - count).map((a) => Math.expm1(a - threshold))
  const largest = excess[count - 1]!
  const quartile = excess[Math.floor(count / 4 + 0.5) - 1]!
  if (quartile === 0) return null

  // With θ = -ξ/σ the likelihood profiled over ξ is e^(count·profile); θ < 1/largest keeps every logarithm real.
  const shape = (theta: number) => excess.reduce((sum, x) => sum + Math.log1p(-theta * x), 0) / count
  const points = gridPoints + Math.floor(Math.sqrt(count))
  const grid = Float64Array.from(
    { length: points },
    (_, j) => 1 / largest + (1 - Math.sqrt(points / (j + 0.5))) / (priorScale * quartile),
  )
  const profile = grid.map((theta) => {
    const xi = shape(theta)
    return count * (Math.log(-theta / xi) - xi - 1)
  })
  const most = profile.reduce((a, b) => Math.max(a, b))
  const weights = profile.map((value) => Math.exp(value - most))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const value = shape(grid.reduce((sum, theta, j) => sum + (theta * weights[j]!) / total, 0))
  return { value, standardError: (1 + value) / Math.sqrt(count) }
}
