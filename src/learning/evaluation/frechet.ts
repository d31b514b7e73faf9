import type { Matrix } from 'ml-matrix'
import type { PointSet } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { covariance, covarianceRoot, meanPoint, scatter, squareMatrix } from '../../physics/observe/moments.js'
import { gaussianDistance } from '../../physics/observe/wasserstein.js'
import { denseProduct, tile } from '../../physics/potential/dense.js'
import { checkPoints } from './points.js'

const blocks = 10

/** What is needed of the second set, worked out once however many sets are compared with it. */
export interface FrechetReference {
  set: PointSet
  /** [units] */
  mean: Float64Array
  /** tr Σ_b */
  trace: number
  /** R, [units, rank] row-major: R Rᵀ = Σ_b */
  root: Float64Array
  /** Rᵀ */
  transposed: Float64Array
  rank: number
}

/** Moments of the set that others are compared with. @param set at least 2 points. Cost: O(units³). */
export function frechetReference(set: PointSet): FrechetReference {
  const sigma = covariance(set)
  const root = covarianceRoot(sigma, set.units)
  return {
    set,
    mean: meanPoint(set),
    trace: squareMatrix(sigma, set.units).trace(),
    root: Float64Array.from(root.to1DArray()),
    transposed: Float64Array.from(root.transpose().to1DArray()),
    rank: root.columns,
  }
}

/**
 * Fréchet distance of the Gaussians that have the moments of two sets:
 *
 *     |m_a - m_b|² + tr(Σ_a + Σ_b - 2(Σ_aΣ_b)^½),   covariances with n-1.
 *
 * With Σ_b = RRᵀ the eigenvalues of Σ_aΣ_b other than 0 are those of RᵀΣ_aR, symmetric and of size rank(Σ_b):
 * the covariance of the points a·R.
 *
 * The estimate is biased upwards in small sets (two draws from one distribution are not 0 apart): quote its floor.
 *
 * @param a at least 2 points
 * @param reference the other set, from `frechetReference`
 * @returns a number ≥ 0, in squared units of x
 * @throws OverdampedError E_DATA for fewer points or other units
 * Cost: O(count·units²/2 + units³).
 * Source: Dowson and Landau, "The Fréchet distance between multivariate normal distributions" (1982).
 */
export function frechetValue(a: PointSet, reference: FrechetReference): number {
  checkPoints('frechetDistance', a, reference.set, [2, 2])
  const { root, transposed, rank } = reference
  const { count, units } = a
  const mean = meanPoint(a)
  const sums = scatter(a, mean)
  const moved = matrixProduct(matrixProduct(transposed, units, sums, units), units, root, rank)
  const trace = squareMatrix(sums, units).trace() / (count - 1)
  return distance(reference, mean, trace, squareMatrix(moved, rank), count - 1)
}

/**
 * The Fréchet distance of `frechetValue` with its standard error.
 *
 * **Standard error**: delete-a-block jackknife over ten blocks of a (fewer when a has fewer points), block k the rows
 * with index mod 10 = k; with D_k the distance without block k,
 *
 *     SE² = (9/10) Σ_k (D_k - mean D)².
 *
 * It is the spread over new draws of a with b as it is: b is the same set of held-out digits in every comparison.
 * The bias that grows as a shrinks is common to all D_k and drops out. Ten blocks give SE to about a quarter.
 *
 * @param a at least 3 points
 * @param b the set that a is compared with, at least 2 points, or its `frechetReference` when it is used again
 * @throws OverdampedError E_DATA for fewer points or other units
 * Cost: eleven times the eigenvalues of a rank×rank matrix; .5 s at 144 units, 10 s at 576.
 * Source: Efron, "The Jackknife, the Bootstrap and Other Resampling Plans" (1982).
 */
export function frechetDistance(a: PointSet, b: PointSet | FrechetReference): Estimate {
  const reference = 'root' in b ? b : frechetReference(b)
  checkPoints('frechetDistance', a, reference.set, [3, 2])
  const groups = Math.min(blocks, a.count)
  const [value, ...deleted] = deletedValues(a, reference, groups)
  const mean = deleted.reduce((sum, d) => sum + d, 0) / groups
  const squares = deleted.reduce((sum, d) => sum + (d - mean) ** 2, 0)
  return { value: value!, standardError: Math.sqrt(((groups - 1) / groups) * squares) }
}

/** The distance of all of a, then for each of `groups` interleaved blocks the distance of a without it. */
function deletedValues(a: PointSet, reference: FrechetReference, groups: number): number[] {
  const { count } = a
  const { root, rank } = reference
  const mean = meanPoint(a)
  const projected: PointSet = { points: matrixProduct(a.points, a.units, root, rank), count, units: rank }
  const centre = meanPoint(projected)
  const all = scatter(projected, centre)
  const spread = squaredDeviations(a, mean, 0, 1)

  const product = (sums: Float64Array) => squareMatrix(sums, rank)
  const values = [distance(reference, mean, spread / (count - 1), product(all), count - 1)]
  for (let group = 0; group < groups; group++) {
    // Downdating: leaving a block out moves the mean by δ = -Σ_block(x - m)/n' and takes n'δδᵀ off the scatter about m.
    const kept = count - Math.ceil((count - group) / groups)
    const shift = deviation(a, mean, group, groups, kept)
    const shiftProjected = deviation(projected, centre, group, groups, kept)
    const block = scatter(projected, centre, group, groups)
    const moved = (n: number) => kept * shiftProjected[Math.floor(n / rank)]! * shiftProjected[n % rank]!
    const rest = all.map((sum, n) => sum - block[n]! - moved(n))
    const restSpread = spread - squaredDeviations(a, mean, group, groups) - kept * squaredLength(shift)
    const movedMean = mean.map((m, unit) => m + shift[unit]!)
    values.push(distance(reference, movedMean, restSpread / (kept - 1), product(rest), kept - 1))
  }
  return values
}

/** The product of matrices a, [rows, inner], and b, [inner, columns], both row-major: [rows, columns]. */
function matrixProduct(a: Float64Array, inner: number, b: Float64Array, columns: number): Float64Array {
  const rows = a.length / inner
  const out = new Float64Array(rows * columns)
  denseProduct(a, rows, inner, b, columns, new Float64Array(inner * tile), out)
  return out
}

/** The formula, from the moments of a: mean, tr Σ_a, and RᵀΣ_aR times the divisor, which it is divided by in place. */
function distance(
  reference: FrechetReference,
  mean: Float64Array,
  trace: number,
  product: Matrix,
  divisor: number,
): number {
  const between = squaredLength(mean.map((m, unit) => m - reference.mean[unit]!))
  return gaussianDistance(between, trace, reference.trace, product.div(divisor))
}

/** By how much the mean moves when the block (rows first, first + stride, …) is left out and `kept` rows remain. */
function deviation(set: PointSet, mean: Float64Array, first: number, stride: number, kept: number): Float64Array {
  const { points, count, units } = set
  const sums = new Float64Array(units)
  for (let n = first; n < count; n += stride) {
    for (let unit = 0; unit < units; unit++) sums[unit]! += mean[unit]! - points[n * units + unit]!
  }
  return sums.map((sum) => sum / kept)
}

/** Σ|x - mean|² over the rows of a block. */
function squaredDeviations(set: PointSet, mean: Float64Array, first: number, stride: number): number {
  const { points, count, units } = set
  let sum = 0
  for (let n = first; n < count; n += stride) {
    for (let unit = 0; unit < units; unit++) sum += (points[n * units + unit]! - mean[unit]!) ** 2
  }
  return sum
}

function squaredLength(vector: Float64Array): number {
  return vector.reduce((sum, v) => sum + v * v, 0)
}
