import { EigenvalueDecomposition } from 'ml-matrix'
import { type PointSet, pickRows } from '../../physics/network/states.js'
import { covariance, meanPoint, squareMatrix } from '../../physics/observe/moments.js'
import { denseProduct, tile } from '../../physics/potential/dense.js'

/** Principal components `from` to `to`, counted from 1. */
export interface Band {
  readonly from: number
  readonly to: number
}

/** The principal components of a set, the widest first, in bands that are averaged over. */
export interface PrincipalBands {
  readonly units: number
  /** [units] */
  readonly mean: Float64Array
  /** [components, units] row-major, orthonormal */
  readonly axes: Float64Array
  /** of the set along each component, n-1: [components] */
  readonly variances: Float64Array
  readonly bands: readonly Band[]
}

/** Last components of all bands but the last: what is seen at a glance, the shape, its details, and what is nearly still. */
const ends = [2, 20, 80]
/** Products of coordinates that the covariance may take; rows beyond them, evenly spread, are left out. */
const mostProducts = 2e9

/**
 * @param set - at least 2 points
 *
 * Cost: O(count·units²), at most 2e9, and one symmetric eigendecomposition, O(units³).
 */
export function principalBands(set: PointSet): PrincipalBands {
  const { count, units } = set
  const stride = Math.ceil(Math.min(count / 2, (count * units * units) / mostProducts))
  const rows = Array.from({ length: Math.floor((count - 1) / stride) + 1 }, (_, n) => n * stride)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    squareMatrix(covariance(stride === 1 ? set : pickRows(set, rows)), units),
    { assumeSymmetric: true },
  )
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const axes = new Float64Array(units * units)
  order.forEach((column, c) => {
    for (let i = 0; i < units; i++) axes[c * units + i] = eigenvectorMatrix.get(i, column)
  })
  const cuts = [0, ...ends.filter((end) => end < units), units]
  return {
    units,
    mean: meanPoint(set),
    axes,
    variances: Float64Array.from(order, (column) => Math.max(0, realEigenvalues[column]!)),
    bands: cuts.slice(1).map((to, n) => ({ from: cuts[n]! + 1, to })),
  }
}

/**
 * Coordinates of vectors along the components, [components, batch].
 *
 * @param x - [units or more, batch]: what follows the units is passed over
 * @param centre - subtracted from each first, times the mean of the set
 */
export function alongComponents(
  { units, axes, mean }: PrincipalBands,
  x: Float64Array,
  batch: number,
  centre: number,
): Float64Array {
  const deviation = x.slice(0, units * batch)
  if (centre !== 0)
    for (let i = 0, n = 0; i < units; i++) for (let b = 0; b < batch; b++, n++) deviation[n]! -= centre * mean[i]!
  const out = new Float64Array(units * batch)
  denseProduct(axes, units, units, deviation, batch, new Float64Array(units * tile), out)
  return out
}
