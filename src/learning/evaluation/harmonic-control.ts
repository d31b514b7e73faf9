import type { PointSet } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { covariance, covarianceRoot, meanPoint } from '../../physics/observe/moments.js'
import { drawStep } from './draw.js'
import { checkPoints } from './points.js'

/**
 * The best that a harmonic network can do: a Gaussian with the mean m and covariance Σ = RRᵀ (n-1) of the training
 * digits, x = m + R z with standard normals z. Σ may be singular. Not clipped. A result means something only as far
 * as it differs from this one.
 *
 * @param train at least 2 points
 * @param count how many points to draw
 * @param seed integer in [0, 2⁵³); the first points do not depend on `count`
 * @returns [count, train.units]
 * @throws OverdampedError E_DATA for fewer points
 * Cost: O(units³ + count·units·rank).
 */
export function harmonicControl(train: PointSet, count: number, seed: number): PointSet {
  checkPoints('harmonic control', train, train, [2, 2])
  const { units } = train
  const mean = meanPoint(train)
  const root = covarianceRoot(covariance(train), units)
  const rank = root.columns
  const normals = drawNormals({ seed, stream: stream.evaluation, step: drawStep.harmonicControl }, rank, count)
  const weights = Float64Array.from(root.to1DArray())
  const points = new Float64Array(count * units)
  const z = new Float64Array(rank)
  for (let n = 0; n < count; n++) {
    for (let r = 0; r < rank; r++) z[r] = normals[r * count + n]!
    for (let unit = 0; unit < units; unit++) {
      let x = mean[unit]!
      for (let r = 0; r < rank; r++) x += weights[unit * rank + r]! * z[r]!
      points[n * units + unit] = x
    }
  }
  return { points, count, units }
}
