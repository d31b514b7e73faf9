import type { PointSet } from '../../physics/network/states.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { NoisedBatch } from './rule.js'

/** Data whose share is below e^-40 of the largest have none: far under rounding. */
const negligible = 40

/**
 * The score of noised data, exactly: the data are the points x_0 themselves, each as likely as the other, so
 *
 *     p_t(x) = 1/n Σ N(x; m x_0, s²),   ∇log p_t(x) = (m⟨x_0 | x⟩ - x)/s²
 *
 * Of data with clamped units those count whose clamped units are as in x.
 *
 * @param x - states, [units, batch]
 * @param visible - how many of the units are noised, the first ones; all when absent
 * @returns [visible, batch]
 *
 * Cost: O(batch·points·units).
 */
export function dataScore(
  { points, count, units }: PointSet,
  noising: Noising,
  t: number,
  x: Float64Array,
  batch: number,
  visible = units,
): Float64Array {
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  // By unit, so that the innermost loops run over data.
  const columns = Array.from({ length: units }, (_, i) =>
    Float64Array.from({ length: count }, (__, n) => (i < visible ? m : 1) * points[n * units + i]!),
  )
  const shares = new Float64Array(count)
  const score = new Float64Array(visible * batch)
  for (let b = 0; b < batch; b++) {
    shares.fill(0)
    for (let i = 0; i < visible; i++) addSquares(columns[i]!, x[i * batch + b]!, shares)
    for (let i = visible; i < units; i++) excludeOthers(columns[i]!, x[i * batch + b]!, shares)
    const total = boltzmannShares(shares, 2 * s * s)
    for (let i = 0; i < visible; i++)
      score[i * batch + b] = (dot(shares, columns[i]!) / total - x[i * batch + b]!) / (s * s)
  }
  return score
}

/** distances_n += (column_n - x)² */
function addSquares(column: Float64Array, x: number, distances: Float64Array): void {
  for (let n = 0; n < column.length; n++) {
    const off = column[n]! - x
    distances[n]! += off * off
  }
}

/** Puts data with another value of a clamped unit infinitely far away. */
function excludeOthers(column: Float64Array, x: number, distances: Float64Array): void {
  for (let n = 0; n < column.length; n++) if (column[n] !== x) distances[n] = Infinity
}

/** Turns squared distances into e^((least - distance)/width), and returns their sum. */
function boltzmannShares(distances: Float64Array, width: number): number {
  let least = Infinity
  for (let n = 0; n < distances.length; n++) if (distances[n]! < least) least = distances[n]!
  let total = 0
  for (let n = 0; n < distances.length; n++) {
    const exponent = (distances[n]! - least) / width
    const share = exponent > negligible ? 0 : Math.exp(-exponent)
    distances[n] = share
    total += share
  }
  return total
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let n = 0; n < a.length; n++) sum += a[n]! * b[n]!
  return sum
}

/**
 * A batch whose target is the mean of F̂ over all data and noise that could have made its states, trap·x + scale·∇log p_t(x): force
 * matching of it has the same expectation as of the batch itself, without the noise of F̂, with hidden units too.
 *
 * @param score - of the batch's states, [visible, batch]: see dataScore
 */
export function withExpectedTarget(batch: NoisedBatch, score: Float64Array): NoisedBatch {
  return { ...batch, target: score.map((slope, n) => batch.trap * batch.x[n]! + batch.scale * slope) }
}
