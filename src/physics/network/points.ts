/** States as a table, one row each: data, samples, or images as vectors of pixels. */
export interface PointSet {
  /** [count, units] row-major */
  points: Float64Array
  count: number
  units: number
}

/** The first columns of a table, [count, columns]. */
export function firstColumns({ points, count, units }: PointSet, columns: number): PointSet {
  if (columns === units) return { points, count, units }
  const out = new Float64Array(count * columns)
  for (let n = 0; n < count; n++) out.set(points.subarray(n * units, n * units + columns), n * columns)
  return { points: out, count, units: columns }
}
