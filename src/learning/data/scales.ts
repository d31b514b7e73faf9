import { type PointSet, thinned } from '../../physics/network/states.js'
import { nearestRows } from '../../physics/observe/nearest-rows.js'
import { searchSet } from '../../physics/observe/search-set.js'

/** Mean and standard deviation of every unit, [units]. */
export interface UnitScales {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

/** Measures the units of at least one state. Cost: O(count·units). */
export function unitScales({ count, units, points }: PointSet): UnitScales {
  const [mean, variance] = [new Float64Array(units), new Float64Array(units)]
  for (let n = 0; n < points.length; n++) mean[n % units]! += points[n]! / count
  for (let n = 0; n < points.length; n++) variance[n % units]! += (points[n]! - mean[n % units]!) ** 2 / count
  return { mean, deviation: variance.map(Math.sqrt) }
}

/** How far data reach and how close they lie, a coordinate. */
export interface DataScales extends UnitScales {
  /** root of the mean variance of the units */
  readonly spread: number
  /** median distance of a state from its nearest neighbour, over √units */
  readonly spacing: number
}

/** States whose neighbours are looked for, and multiply-adds that may take. */
const [most, fewest, products] = [1000, 32, 1e9]

/** Measures the scales of at least two states. Cost: O(count·units), and at most 10⁹ multiply-adds from 32 neighbours on. */
export function scalesOf(set: PointSet): DataScales {
  const { units, points } = set
  const scales = unitScales(set)
  const asked = Math.min(most, Math.max(fewest, Math.floor(products / points.length)))
  const { squaredDistances } = nearestRows(thinned(set, asked), searchSet(set), 1, true)
  const squares = squaredDistances.sort()
  return {
    ...scales,
    spread: Math.sqrt(scales.deviation.reduce((sum, deviation) => sum + deviation ** 2 / units, 0)),
    spacing: Math.sqrt(squares[Math.floor(squares.length / 2)]! / units),
  }
}
