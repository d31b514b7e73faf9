import { type PointSet, thinned } from '../../physics/network/states.js'
import { nearestRows } from '../../physics/observe/nearest-rows.js'
import { searchSet } from '../../physics/observe/search-set.js'

/** How far data reach and how close they lie, a coordinate. */
export interface DataScales {
  /** mean of every unit, [units] */
  readonly means: Float64Array
  /** standard deviation of every unit, [units] */
  readonly deviations: Float64Array
  /** root of the mean variance of the units */
  readonly spread: number
  /** median distance of a state from its nearest neighbour, over √units */
  readonly spacing: number
}

/** States whose neighbours are looked for, and multiply-adds that may take. */
const [most, fewest, products] = [1000, 32, 1e9]

/** Measures the scales of at least two states. Cost: O(count·units), and at most 10⁹ multiply-adds from 32 neighbours on. */
export function scalesOf(set: PointSet): DataScales {
  const { count, units, points } = set
  const [means, variances] = [new Float64Array(units), new Float64Array(units)]
  for (let n = 0; n < points.length; n++) means[n % units]! += points[n]! / count
  for (let n = 0; n < points.length; n++) variances[n % units]! += (points[n]! - means[n % units]!) ** 2 / count
  const asked = Math.min(most, Math.max(fewest, Math.floor(products / points.length)))
  const { squaredDistances } = nearestRows(thinned(set, asked), searchSet(set), 1, true)
  const squares = squaredDistances.sort()
  return {
    ...{ means, deviations: variances.map(Math.sqrt) },
    spread: Math.sqrt(variances.reduce((sum, variance) => sum + variance / units, 0)),
    spacing: Math.sqrt(squares[Math.floor(squares.length / 2)]! / units),
  }
}
