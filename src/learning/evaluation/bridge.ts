import { Matrix, solve } from 'ml-matrix'
import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { covariance, meanPoint, squareMatrix } from '../../physics/observe/moments.js'
import { checkPoints } from './points.js'

/** The middle of the way from one class or mode (0) to the other (1); samples there belong to neither. */
export const between = { from: 0.3, to: 0.7 }

/**
 * Fraction of samples on the bridge between two classes: in (.3, .7) of the coordinate
 *
 *     c(x) = w·(x - m_0) / w·(m_1 - m_0),   w = (Σ_0 + Σ_1 + ridge·I)⁻¹ (m_1 - m_0),
 *
 * Fisher's discriminant, 0 at one class mean and 1 at the other. A network that joins the modes has mass there.
 *
 * @param samples at least one point
 * @param class0 - training digits of one class, at least 2 points
 * @param class1 - those of the other
 * @param ridge ≥ 0, added to the covariance (n-1), whose border pixels have no variance
 * @returns value in [0, 1] with its binomial standard error: the axis counts as given
 * @throws OverdampedError E_DATA for fewer points or other units
 * Cost: O(units³ + count·units).
 * Source: Fisher, "The use of multiple measurements in taxonomic problems" (1936).
 */
export function bridgeMass(samples: PointSet, class0: PointSet, class1: PointSet, ridge = 0.1): Estimate {
  return bridgeBetween(class0, class1, ridge)(samples)
}

/** The same for any number of samples beside the same classes, whose axis is worked out once. */
export function bridgeBetween(class0: PointSet, class1: PointSet, ridge = 0.1): (samples: PointSet) => Estimate {
  checkPoints('bridge', class0, class1, [2, 2])
  const { units } = class0
  const start = meanPoint(class0)
  const difference = meanPoint(class1).map((m, unit) => m - start[unit]!)
  const within = squareMatrix(covariance(class0), units).add(squareMatrix(covariance(class1), units))
  const axis = solve(within.add(Matrix.eye(units).mul(ridge)), Matrix.columnVector(difference)).to1DArray()
  const length = axis.reduce((sum, w, unit) => sum + w * difference[unit]!, 0)
  return (samples) => {
    checkPoints('bridge', samples, class0, [1, 2])
    return fractionHit(hitsBetween(samples, start, axis, length))
  }
}

/** The fraction of hits, 1 each, among misses, 0. */
export function fractionHit(hits: Float64Array): Estimate {
  const sum = hits.reduce((total, hit) => total + hit, 0)
  return fractionOf(sum, hits.length)
}

/** 1 for each point whose coordinate axis·(x - start)/length lies between the two ends, 0 for the others, [count]. */
export function hitsBetween(
  { points, count, units }: PointSet,
  start: ArrayLike<number>,
  axis: readonly number[],
  length: number,
): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => {
    const coordinate = axis.reduce((sum, w, unit) => sum + w * (points[n * units + unit]! - start[unit]!), 0) / length
    return coordinate > between.from && coordinate < between.to ? 1 : 0
  })
}
