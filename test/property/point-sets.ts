import { type PointSet, pickRows } from '../../src/physics/network/states.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import type { Estimate } from '../../src/physics/observe/estimate.js'

/** Rows as points. */
export const set = (...rows: number[][]): PointSet => {
  return { points: Float64Array.from(rows.flat()), count: rows.length, units: rows[0]!.length }
}

/** Independent standard normal points; `draw` tells independent sets apart. */
export function normals(count: number, units: number, draw: number): PointSet {
  const points = new Float64Array(count * units)
  fillNormals(3, stream.data, draw, count, 0, units, points)
  return { points, count, units }
}

/** Every point moved. */
export const shifted = (points: PointSet, by: readonly number[]): PointSet => {
  return { ...points, points: points.points.map((x, n) => x + by[n % points.units]!) }
}

/** The points of all other rows. */
export const without = (points: PointSet, gone: (row: number) => boolean) =>
  pickRows(
    points,
    [...Array(points.count).keys()].filter((row) => !gone(row)),
  )

/** Root mean square of the quoted errors over the standard deviation of the values: 1 when the errors are right. */
export function errorRatio(estimates: readonly Estimate[]): number {
  const count = estimates.length
  const mean = estimates.reduce((sum, { value }) => sum + value, 0) / count
  const variance = estimates.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (count - 1)
  return Math.sqrt(estimates.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / count / variance)
}

/** Replicates R that measure that ratio. */
export const replicates = 400
/** Bounds of the ratio about 1: 4 standard errors, 1/√(2R) each, of a standard deviation from R replicates. */
export const ratioLimit = 4 / Math.sqrt(2 * replicates)
