import type { PointSet } from '../network/states.js'

/** Rows that the axes are fitted to, and how often they are turned towards the principal ones. */
const rowsForAxes = 400
const turns = 4
/** A vector that loses this much of its length to the others is rounding of a combination of them. */
const dependent = 1e-10

/**
 * Directions in which the rows of a set differ most, about its principal axes: orthonormal, or zero where the set has fewer
 * dimensions than are asked for. Any orthonormal axes serve the search that they are for; good ones save time.
 *
 * Orthogonal iteration V ← orthonormal(Σ_n d_n (d_nᵀ V)) over some rows' deviations d_n from the centre.
 *
 * @param centre [units]
 * @returns [kept, units] row-major
 * Cost: O(4·400·units·kept).
 * Source: Golub and Van Loan, Matrix Computations, 4th ed. (2013), section 8.2.4.
 */
export function leadingAxes({ points, count, units }: PointSet, centre: Float64Array, kept: number): Float64Array {
  const stride = Math.ceil(count / rowsForAxes)
  const deviation = new Float64Array(units)
  let axes = unitAxes(units, kept)
  for (let turn = 0; turn < turns; turn++) {
    const turned = new Float64Array(kept * units)
    for (let n = 0; n < count; n += stride) {
      for (let i = 0; i < units; i++) deviation[i] = points[n * units + i]! - centre[i]!
      for (let first = 0; first < kept * units; first += units) {
        const along = dot(axes, first, deviation, 0, units)
        for (let i = 0; i < units; i++) turned[first + i]! += along * deviation[i]!
      }
    }
    axes = orthonormal(turned, units)
  }
  return axes
}

/** Unit vectors, spread evenly over the units. */
function unitAxes(units: number, kept: number): Float64Array {
  const axes = new Float64Array(kept * units)
  for (let k = 0; k < Math.min(kept, units); k++) axes[k * units + Math.floor((k * units) / Math.min(kept, units))] = 1
  return axes
}

/** The rows made orthonormal in place, each against those before it; rows that depend on those become zero. */
function orthonormal(rows: Float64Array, units: number): Float64Array {
  for (let first = 0; first < rows.length; first += units) {
    const before = Math.sqrt(dot(rows, first, rows, first, units))
    // The second time takes off what rounding left the first time.
    for (let time = 0; time < 2; time++)
      for (let other = 0; other < first; other += units) {
        const along = dot(rows, first, rows, other, units)
        for (let i = 0; i < units; i++) rows[first + i]! -= along * rows[other + i]!
      }
    const length = Math.sqrt(dot(rows, first, rows, first, units))
    const scale = length > dependent * before ? 1 / length : 0
    for (let i = 0; i < units; i++) rows[first + i]! *= scale
  }
  return rows
}

function dot(a: Float64Array, p: number, b: Float64Array, q: number, length: number): number {
  // Four sums: independent additions overlap in the processor.
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let i = 0
  for (; i + 4 <= length; i += 4) {
    s0 += a[p + i]! * b[q + i]!
    s1 += a[p + i + 1]! * b[q + i + 1]!
    s2 += a[p + i + 2]! * b[q + i + 2]!
    s3 += a[p + i + 3]! * b[q + i + 3]!
  }
  for (; i < length; i++) s0 += a[p + i]! * b[q + i]!
  return s0 + s1 + (s2 + s3)
}
