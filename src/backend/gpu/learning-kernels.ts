import type { Thread } from './workspace.js'

/*
 * Sums of both rules over a batch, for residual forces r = F - F̂ (kernels.ts has the kernel that makes them): the statistics of
 * states nudged to and fro, x ± ½span·r, as differences over `span`. Written as (difference)·(mean), these cancel no digits however
 * small the nudge, and at span 0 they are r·∇φ, the sums of force matching.
 *
 * Sums run over stretches of columns, each with a sum of its own, so that rounding grows with the length of both and not
 * with their product.
 */

type Rows = readonly (readonly number[])[]
type Stretches = { stretches: number; stretchColumns: number }

/** Columns of a stretch. */
export const stretchColumns = 16

/** The middle of both nudged states, x + shift·r, for thread (column, unit). */
export function shifted(this: Thread, x: Rows, r: Rows, shift: number): number {
  return x[this.thread.y]![this.thread.x]! + shift * r[this.thread.y]![this.thread.x]!
}

/** Σ r² of unit x. */
export function squareSum(this: Thread<Stretches>, r: Rows): number {
  let sum = 0
  for (let block = 0; block < this.constants.stretches; block++) {
    let part = 0
    for (let n = 0; n < this.constants.stretchColumns; n++) {
      const ri = r[this.thread.x]![this.constants.stretchColumns * block + n]!
      part += ri * ri
    }
    sum += part
  }
  return sum
}

/** Of unit x the sums of stiffness, cubic, quartic and bias: Σ r x, Σ r (x² + d²/12), Σ r x (x² + d²/4) and -Σ r, d = span·r. */
export function unitSums(this: Thread<Stretches>, x: Rows, r: Rows, span: number): [number, number, number, number] {
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  let sum0 = 0
  for (let block = 0; block < this.constants.stretches; block++) {
    let part1 = 0
    let part2 = 0
    let part3 = 0
    let part0 = 0
    for (let n = 0; n < this.constants.stretchColumns; n++) {
      const xi = x[this.thread.x]![this.constants.stretchColumns * block + n]!
      const ri = r[this.thread.x]![this.constants.stretchColumns * block + n]!
      const square = span * ri * (span * ri)
      part0 += ri
      part1 += ri * xi
      part2 += ri * (xi * xi + square * 0.08333333333333333)
      part3 += ri * xi * (xi * xi + square * 0.25)
    }
    sum0 += part0
    sum1 += part1
    sum2 += part2
    sum3 += part3
  }
  return [sum1, sum2, sum3, -sum0]
}

/** Of pair x = (i, j): Σ r_i x_j + r_j x_i (J), or with `squares` Σ 2 r_i x_i (x_j² + d_j²/4) and the same the other way round (G). */
export function pairSum(
  this: Thread<Stretches & { squares: boolean }>,
  x: Rows,
  r: Rows,
  ends: Rows,
  span: number,
): number {
  const i = ends[0]![this.thread.x]!
  const j = ends[1]![this.thread.x]!
  let sum = 0
  for (let block = 0; block < this.constants.stretches; block++) {
    let part = 0
    for (let n = 0; n < this.constants.stretchColumns; n++) {
      const xi = x[i]![this.constants.stretchColumns * block + n]!
      const xj = x[j]![this.constants.stretchColumns * block + n]!
      const ri = r[i]![this.constants.stretchColumns * block + n]!
      const rj = r[j]![this.constants.stretchColumns * block + n]!
      const di = span * ri
      const dj = span * rj
      part += this.constants.squares
        ? 2 * (xi * ri * (xj * xj + 0.25 * dj * dj) + xj * rj * (xi * xi + 0.25 * di * di))
        : ri * xj + rj * xi
    }
    sum += part
  }
  return sum
}

/** Of the coupling of unit x to hidden unit y: -Σ r_i s_h + x_i s'_h. `response`: s and s' side by side (hiddenResponse). */
export function hiddenSum(this: Thread<Stretches>, x: Rows, r: Rows, response: Rows): number {
  let sum = 0
  for (let block = 0; block < this.constants.stretches; block++) {
    let part = 0
    for (let n = 0; n < this.constants.stretchColumns; n++) {
      const xi = x[this.thread.x]![this.constants.stretchColumns * block + n]!
      const ri = r[this.thread.x]![this.constants.stretchColumns * block + n]!
      const s = response[this.thread.y]![2 * (this.constants.stretchColumns * block + n)]!
      const slope = response[this.thread.y]![2 * (this.constants.stretchColumns * block + n) + 1]!
      part += ri * s + xi * slope
    }
    sum += part
  }
  return -sum
}

/** Of the bias of hidden unit x: -Σ s'_h. */
export function hiddenBiasSum(this: Thread<Stretches>, response: Rows): number {
  let sum = 0
  for (let block = 0; block < this.constants.stretches; block++) {
    let part = 0
    for (let n = 0; n < this.constants.stretchColumns; n++) {
      part += response[this.thread.x]![2 * (this.constants.stretchColumns * block + n) + 1]!
    }
    sum += part
  }
  return -sum
}
