import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { arrays, type PointSet } from '../network/states.js'

/** A Gaussian law of states. */
export interface GaussianLaw {
  /** [units] */
  readonly mean: Float64Array
  /** [units, units] row-major */
  readonly covariance: Float64Array
}

/** The Gaussian with the mean and the covariance (n-1) of the points. @param set at least 2 points */
export function gaussianFit(set: PointSet): GaussianLaw {
  return { mean: meanPoint(set), covariance: covariance(set) }
}

/** Mean of the points, Σx/n: [units]. */
export function meanPoint({ points, count, units }: PointSet): Float64Array {
  const mean = new Float64Array(units)
  for (let n = 0; n < points.length; n++) mean[n % units]! += points[n]!
  return mean.map((sum) => sum / count)
}

/**
 * Σ(x - centre)(x - centre)ᵀ over the rows from `first` in steps of `stride`: [units, units] row-major, symmetric.
 *
 * Cost: O(rows·units²/2).
 */
export function scatter(set: PointSet, centre: Float64Array, first = 0, stride = 1): Float64Array {
  const { points, count, units } = set
  const sums = new Float64Array(units * units)
  // Four rows at a time: a sum is read and written once for four products, which are added in the order of the rows.
  const [d0, d1, d2, d3] = arrays(4, units)
  for (let n = first; n < count; n += 4 * stride) {
    for (const [k, deviation] of [d0, d1, d2, d3].entries()) {
      const row = n + k * stride
      for (let i = 0; i < units; i++) deviation[i] = row < count ? points[row * units + i]! - centre[i]! : 0
    }
    for (let i = 0; i < units; i++) {
      const [a, b, c, d] = [d0[i]!, d1[i]!, d2[i]!, d3[i]!]
      // Most pixels at the border never differ from their mean.
      if (a === 0 && b === 0 && c === 0 && d === 0) continue
      for (let j = 0; j <= i; j++)
        sums[i * units + j] = sums[i * units + j]! + a * d0[j]! + b * d1[j]! + c * d2[j]! + d * d3[j]!
    }
  }
  for (let i = 0; i < units; i++) for (let j = 0; j < i; j++) sums[j * units + i] = sums[i * units + j]!
  return sums
}

/** Covariance with n-1: [units, units] row-major. @param set at least 2 points */
export function covariance(set: PointSet): Float64Array {
  return scatter(set, meanPoint(set)).map((sum) => sum / (set.count - 1))
}

/** A row-major [units, units] array as a matrix. */
export function squareMatrix(values: Float64Array, units: number): Matrix {
  return Matrix.from1DArray(units, units, values)
}

/**
 * A thin root R, [units, rank], of a covariance: R Rᵀ = Σ, from the eigenvectors of Σ times √eigenvalue.
 * Eigenvalues below units·2⁻⁵²·(the largest) are rounding of 0 and are left out, so a singular Σ has a root as well.
 *
 * Cost: one symmetric eigendecomposition, O(units³).
 */
export function covarianceRoot(values: Float64Array, units: number): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(squareMatrix(values, units), {
    assumeSymmetric: true,
  })
  const limit = units * Number.EPSILON * Math.max(0, ...realEigenvalues)
  const kept = [...realEigenvalues.keys()].filter((n) => realEigenvalues[n]! > limit)
  const root = new Matrix(units, kept.length)
  for (const [column, n] of kept.entries()) {
    const scale = Math.sqrt(realEigenvalues[n]!)
    for (let unit = 0; unit < units; unit++) root.set(unit, column, scale * eigenvectorMatrix.get(unit, n))
  }
  return root
}
