/** Points in row-major order, [count, units]. */
export interface PointSet {
  points: ArrayLike<number>
  count: number
  units: number
  /** rows in the file, of which a page shows the first */
  whole?: number
}
