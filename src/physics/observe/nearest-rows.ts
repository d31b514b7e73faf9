import type { PointSet } from '../network/states.js'
import { eachNear, type SearchSet } from './search-set.js'

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
 * @param samples points in the space of the searched set
 * @param search the set that is searched, with more than `neighbours` rows
 * @param neighbours k ≥ 1
 * @param leaveOut true when samples are rows of the set: one row equal to the sample, itself, is passed over
 * Cost: that of `eachNear`.
 */
export function nearestRows(samples: PointSet, search: SearchSet, neighbours: number, leaveOut: boolean): NearestRows {
  // The sample itself is the first of the rows that equal it, so one more than is asked for.
  const found = leaveOut ? neighbours + 1 : neighbours
  const rows = new Int32Array(samples.count * found).fill(-1)
  const squaredDistances = new Float64Array(samples.count * found).fill(Number.POSITIVE_INFINITY)
  eachNear(search, samples, (sample, row, squared) => {
    const first = sample * found
    const last = first + found - 1
    const isBefore = (place: number) =>
      squared < squaredDistances[place]! || (squared === squaredDistances[place] && row < rows[place]!)
    if (!isBefore(last)) return squaredDistances[last]!
    let place = last
    for (; place > first && isBefore(place - 1); place--) {
      squaredDistances[place] = squaredDistances[place - 1]!
      rows[place] = rows[place - 1]!
    }
    squaredDistances[place] = squared
    rows[place] = row
    return squaredDistances[last]!
  })
  if (!leaveOut) return { rows, squaredDistances }
  const kept = (n: number) => {
    const sample = Math.floor(n / neighbours)
    return n + sample + (squaredDistances[sample * found] === 0 ? 1 : 0)
  }
  const length = samples.count * neighbours
  return {
    rows: Int32Array.from({ length }, (_, n) => rows[kept(n)]!),
    squaredDistances: Float64Array.from({ length }, (_, n) => squaredDistances[kept(n)]!),
  }
}
