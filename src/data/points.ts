/** States as a table, one row each: data, samples, or images as vectors of pixels. */
export interface PointSet {
  /** [count, units] row-major */
  points: Float64Array
  count: number
  units: number
}
