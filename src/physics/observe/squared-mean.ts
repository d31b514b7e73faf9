import type { Estimate } from './estimate.js'

/** |⟨d⟩|² and what it would be without each of the draws. */
export interface SquaredMean extends Estimate {
  /** [draws] */
  readonly without: Float64Array
}

/**
 * The squared length of a mean vector without the noise that a mean of few draws has: over pairs of different draws,
 *
 *     |⟨d⟩|² ≈ Σ_(r≠q) d_r·d_q / (n(n-1))
 *
 * which is unbiased, and negative as often as not where ⟨d⟩ = 0. Standard error by the jackknife.
 *
 * @param draws - n ≥ 3 independent vectors
 * @param from - first entry that counts; `to`: the one after the last
 * Cost: O(n·entries).
 */
export function squaredMean(draws: readonly Float64Array[], from = 0, to = draws[0]!.length): SquaredMean {
  const n = draws.length
  const sum = new Float64Array(to - from)
  for (const draw of draws) for (let a = from; a < to; a++) sum[a - from]! += draw[a]!
  const own = draws.map((draw) => dot(draw, draw, from, from, to))
  const along = draws.map((draw) => dot(draw, sum, from, 0, to))
  const pairs = dot(sum, sum, 0, 0, to - from) - own.reduce((total, square) => total + square, 0)
  const without = Float64Array.from(own, (square, r) => (pairs - 2 * (along[r]! - square)) / ((n - 1) * (n - 2)))
  return { value: pairs / (n * (n - 1)), standardError: jackknifeError(without), without }
}

/** Standard error of a statistic from its values without each of the draws: √((n-1)/n Σ(v - v̄)²). Source: Tukey (1958). */
export function jackknifeError(without: Float64Array): number {
  const n = without.length
  const mean = without.reduce((sum, v) => sum + v, 0) / n
  return Math.sqrt(((n - 1) / n) * without.reduce((sum, v) => sum + (v - mean) ** 2, 0))
}

/**
 * The power p of y ∝ x^p by least squares on the logarithms, with the jackknife's error; the points may share their draws.
 *
 * @param points - at least two, y > 0
 */
export function powerLaw(
  points: readonly { readonly x: number; readonly y: { value: number; without: Float64Array } }[],
): Estimate {
  const logs = points.map(({ x }) => Math.log(x))
  const middle = logs.reduce((sum, x) => sum + x, 0) / logs.length
  const width = logs.reduce((sum, x) => sum + (x - middle) ** 2, 0)
  const power = (values: readonly number[]) =>
    values.reduce((sum, y, n) => sum + (logs[n]! - middle) * Math.log(y), 0) / width
  const without = points[0]!.y.without.map((_, r) => power(points.map(({ y }) => y.without[r]!)))
  return { value: power(points.map(({ y }) => y.value)), standardError: jackknifeError(without) }
}

function dot(a: Float64Array, b: Float64Array, fromA: number, fromB: number, toA: number): number {
  let sum = 0
  for (let n = fromA; n < toA; n++) sum += a[n]! * b[n - fromA + fromB]!
  return sum
}
