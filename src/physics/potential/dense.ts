import type { States } from '../network/states.js'

/**
 * Matrix products for networks where most pairs are coupled, visible or visible–hidden. Blocks of 2 × 4 sums stay in registers;
 * each sum runs over its index in increasing order whatever the block, so that no split of the trajectories into batches changes
 * a bit.
 */

/** Trajectories packed together: their rows of all units are then contiguous and stay in cache. */
export const tile = 64

/**
 * out = W u (it overwrites).
 *
 * @param matrix - W, [rows, columns] row-major
 * @param u - [columns, batch]
 * @param packed - scratch of at least columns·tile numbers
 * @param out - [rows, batch]
 *
 * Cost: rows·columns·batch multiply-adds.
 */
export function denseProduct(
  matrix: Float64Array,
  rows: number,
  columns: number,
  u: Float64Array,
  batch: number,
  packed: Float64Array,
  out: Float64Array,
): void {
  for (let first = 0; first < batch; first += tile) {
    const length = Math.min(tile, batch - first)
    for (let j = 0; j < columns; j++) for (let b = 0; b < length; b++) packed[j * tile + b] = u[j * batch + first + b]!
    for (let i = 0; i < rows; i += 2) {
      const row = i * columns
      // An odd last row is computed twice rather than by a loop of its own.
      const nextRow = i + 1 < rows ? row + columns : row
      const o = i * batch + first
      const nextO = i + 1 < rows ? o + batch : o
      let b = 0
      for (; b + 4 <= length; b += 4) {
        let a0 = 0
        let a1 = 0
        let a2 = 0
        let a3 = 0
        let c0 = 0
        let c1 = 0
        let c2 = 0
        let c3 = 0
        for (let j = 0, p = b; j < columns; j++, p += tile) {
          const w = matrix[row + j]!
          const v = matrix[nextRow + j]!
          const u0 = packed[p]!
          const u1 = packed[p + 1]!
          const u2 = packed[p + 2]!
          const u3 = packed[p + 3]!
          a0 += w * u0
          a1 += w * u1
          a2 += w * u2
          a3 += w * u3
          c0 += v * u0
          c1 += v * u1
          c2 += v * u2
          c3 += v * u3
        }
        out[o + b] = a0
        out[o + b + 1] = a1
        out[o + b + 2] = a2
        out[o + b + 3] = a3
        out[nextO + b] = c0
        out[nextO + b + 1] = c1
        out[nextO + b + 2] = c2
        out[nextO + b + 3] = c3
      }
      for (; b < length; b++) {
        let a = 0
        let c = 0
        for (let j = 0; j < columns; j++) {
          a += matrix[row + j]! * packed[j * tile + b]!
          c += matrix[nextRow + j]! * packed[j * tile + b]!
        }
        out[o + b] = a
        out[nextO + b] = c
      }
    }
  }
}

/** Trajectories summed at a time, so that the six rows of a block of sums stay in cache. */
const stretch = 256

/**
 * out = p qᵀ, summed over trajectories (it overwrites).
 *
 * @param p - [rows, batch]
 * @param q - [columns, batch]
 * @param out - [rows, columns] row-major
 *
 * Cost: rows·columns·batch multiply-adds.
 */
export function denseCorrelation(
  p: Float64Array,
  rows: number,
  q: Float64Array,
  columns: number,
  batch: number,
  out: Float64Array,
): void {
  out.fill(0)
  for (let first = 0; first < batch; first += stretch) {
    const end = Math.min(batch, first + stretch)
    for (let i = 0; i < rows; i += 2) {
      const pi = i * batch
      const pNext = i + 1 < rows ? pi + batch : pi
      const row = i * columns
      // An odd last row is computed twice and kept once.
      const paired = i + 1 < rows
      const nextRow = row + columns
      let j = 0
      for (; j + 4 <= columns; j += 4) {
        const q0 = j * batch
        const q1 = q0 + batch
        const q2 = q1 + batch
        const q3 = q2 + batch
        let a0 = 0
        let a1 = 0
        let a2 = 0
        let a3 = 0
        let c0 = 0
        let c1 = 0
        let c2 = 0
        let c3 = 0
        for (let b = first; b < end; b++) {
          const x = p[pi + b]!
          const y = p[pNext + b]!
          const v0 = q[q0 + b]!
          const v1 = q[q1 + b]!
          const v2 = q[q2 + b]!
          const v3 = q[q3 + b]!
          a0 += x * v0
          a1 += x * v1
          a2 += x * v2
          a3 += x * v3
          c0 += y * v0
          c1 += y * v1
          c2 += y * v2
          c3 += y * v3
        }
        out[row + j]! += a0
        out[row + j + 1]! += a1
        out[row + j + 2]! += a2
        out[row + j + 3]! += a3
        if (paired) {
          out[nextRow + j]! += c0
          out[nextRow + j + 1]! += c1
          out[nextRow + j + 2]! += c2
          out[nextRow + j + 3]! += c3
        }
      }
      for (; j < columns; j++) {
        let a = 0
        let c = 0
        for (let b = first; b < end; b++) {
          a += p[pi + b]! * q[j * batch + b]!
          c += p[pNext + b]! * q[j * batch + b]!
        }
        out[row + j]! += a
        if (paired) out[nextRow + j]! += c
      }
    }
  }
}

/** Σ x xᵀ over several batches, [rows, rows] row-major; each x is [rows or more, batch]. */
export function sumOfProducts(rows: number, batches: readonly States[]): Float64Array {
  const sum = new Float64Array(rows * rows)
  const part = new Float64Array(rows * rows)
  for (const { x, batch } of batches) {
    denseCorrelation(x, rows, x, rows, batch, part)
    for (let n = 0; n < sum.length; n++) sum[n]! += part[n]!
  }
  return sum
}
