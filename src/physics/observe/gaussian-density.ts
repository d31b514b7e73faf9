import { CholeskyDecomposition } from 'ml-matrix'
import type { PointSet } from '../network/states.js'
import { covariance, meanPoint, squareMatrix } from './moments.js'

/** Natural logarithm of a density at each row of a point set, [count]. */
export type LogDensity = (set: PointSet) => Float64Array

/** The density of independent Gaussian coordinates with the given means [units] (or one for all) and variance. */
export function gaussianDensity(mean: readonly number[] | number, variance: number): LogDensity {
  return ({ points, count, units }) =>
    Float64Array.from({ length: count }, (_, n) => {
      let square = 0
      for (let i = 0; i < units; i++)
        square += (points[n * units + i]! - (typeof mean === 'number' ? mean : mean[i]!)) ** 2
      return -square / (2 * variance) - (units / 2) * Math.log(2 * Math.PI * variance)
    })
}

/**
 * The density of a Gaussian with the given mean [units] and covariance [units, units],
 * ln p = -½|L⁻¹(x - mean)|² - ½ ln det(2πΣ) with Σ = LLᵀ.
 *
 * @returns null when there is none: the covariance is not positive
 *
 * Cost: O(units³), then O(units²) a point.
 */
export function correlatedGaussianDensity(mean: Float64Array, sigma: Float64Array): LogDensity | null {
  const units = mean.length
  const factor = new CholeskyDecomposition(squareMatrix(sigma, units))
  if (!factor.isPositiveDefinite()) return null
  const lower = factor.lowerTriangularMatrix
  let logDeterminant = 0
  for (let i = 0; i < units; i++) logDeterminant += 2 * Math.log(lower.get(i, i))
  return ({ points, count }) => {
    const whitened = new Float64Array(units)
    return Float64Array.from({ length: count }, (_, n) => {
      let square = 0
      for (let i = 0; i < units; i++) {
        let value = points[n * units + i]! - mean[i]!
        for (let j = 0; j < i; j++) value -= lower.get(i, j) * whitened[j]!
        whitened[i] = value / lower.get(i, i)
        square += whitened[i]! ** 2
      }
      return -(square + logDeterminant + units * Math.log(2 * Math.PI)) / 2
    })
  }
}

/**
 * Log density of a point set's own Gaussian fit (its mean and n-1 covariance) at each of its points, [count].
 * Of all densities with that mean and covariance the Gaussian has the largest entropy, so an entropy of the final state
 * estimated with it is an upper bound for data that is not Gaussian.
 *
 * @returns null when the fit has no density: fewer than twice as many points as units, or coordinates without variance
 *
 * Cost: O(units³ + count·units²).
 */
export function fittedGaussianDensity(set: PointSet): Float64Array | null {
  if (set.count < 2 * set.units) return null
  return correlatedGaussianDensity(meanPoint(set), covariance(set))?.(set) ?? null
}
