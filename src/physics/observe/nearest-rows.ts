import { EigenvalueDecomposition } from 'ml-matrix'
import type { PointSet } from '../network/states.js'
import { squaredDistance } from './distance.js'
import { meanPoint, scatter, squareMatrix } from './moments.js'

const axesKept = 32
/** Rows that the axes are fitted to: any orthonormal axes serve, good ones only save time. */
const rowsForAxes = 1000
/**
 * Room for rounding in the comparison of a projected with an exact squared distance. Coordinates are sums of `units`
 * products; for pixels (|x| ≤ √576 = 24) the error stays below 24²·576·2⁻⁵³ = 4e-11.
 */
const slack = 1e-9

/** A set prepared for searching: its rows, and their coordinates along the axes in which they differ most. */
export interface SearchSet {
  set: PointSet
  /** [units, kept] row-major, orthonormal columns */
  axes: Float64Array
  /** [count, kept] row-major */
  coordinates: Float64Array
  kept: number
}

/**
 * Prepares a set for `nearestRows`, once for any number of searches: its leading principal axes (at most 32).
 *
 * @param set at least one point
 * Cost: O(units³ + count·units·32).
 */
export function searchSet(set: PointSet): SearchSet {
  const { count, units } = set
  const stride = Math.ceil(count / rowsForAxes)
  const matrix = squareMatrix(scatter(set, meanPoint(set), 0, stride), units)
  // Eigenvalues rise, so the axes wanted are the last columns.
  const vectors = new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).eigenvectorMatrix
  const kept = Math.min(units, axesKept)
  const axes = new Float64Array(units * kept)
  for (let unit = 0; unit < units; unit++) {
    for (let k = 0; k < kept; k++) axes[unit * kept + k] = vectors.get(unit, units - 1 - k)
  }
  return { set, axes, coordinates: along(axes, kept, set), kept }
}

/** Coordinates of points along the axes: [count, kept]. The same operations for every set, so equal rows stay equal. */
function along(axes: Float64Array, kept: number, { points, count, units }: PointSet): Float64Array {
  const out = new Float64Array(count * kept)
  for (let n = 0; n < count; n++) {
    for (let unit = 0; unit < units; unit++) {
      const x = points[n * units + unit]!
      for (let k = 0; k < kept; k++) out[n * kept + k]! += x * axes[unit * kept + k]!
    }
  }
  return out
}

/** The rows nearest to each sample. */
export interface NearestRows {
  /** [count, neighbours] row-major, nearest first */
  rows: Int32Array
  /** |x - row|², likewise */
  squaredDistances: Float64Array
}

/**
 * The k nearest rows of every sample, exactly; of equally near rows the earlier comes first.
 *
 * A projection on orthonormal axes never lengthens a difference, |Aᵀ(x - y)|² ≤ |x - y|², so a row whose projection is
 * already further than the k-th best is out; few others need their distance in full.
 *
 * @param samples points in the space of the searched set
 * @param search the set that is searched, with more than `neighbours` rows
 * @param neighbours k ≥ 1
 * @param leaveOut true when samples are rows of the set: one row equal to the sample, itself, is passed over
 * Cost: O(count·rows·16) usually, O(count·rows·units) at worst.
 */
export function nearestRows(samples: PointSet, search: SearchSet, neighbours: number, leaveOut: boolean): NearestRows {
  const { set, kept, coordinates } = search
  const { count, units, points } = samples
  const projected = along(search.axes, kept, samples)
  const rows = new Int32Array(count * neighbours).fill(-1)
  const squaredDistances = new Float64Array(count * neighbours).fill(Number.POSITIVE_INFINITY)
  for (let n = 0; n < count; n++) {
    const first = n * neighbours
    const last = first + neighbours - 1
    let selfPending = leaveOut
    for (let row = 0; row < set.count; row++) {
      const limit = squaredDistances[last]!
      const reach = limit * (1 + slack) + slack
      if (squaredDistance(projected, n, coordinates, row, kept, reach) > reach) continue
      const distance = squaredDistance(points, n, set.points, row, units, limit)
      if (selfPending && distance === 0) {
        selfPending = false
        continue
      }
      if (distance >= limit) continue
      let place = last
      for (; place > first && squaredDistances[place - 1]! > distance; place--) {
        squaredDistances[place] = squaredDistances[place - 1]!
        rows[place] = rows[place - 1]!
      }
      squaredDistances[place] = distance
      rows[place] = row
    }
  }
  return { rows, squaredDistances }
}
