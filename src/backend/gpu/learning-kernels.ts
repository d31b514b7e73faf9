import type { Thread } from './workspace.js'

/*
 * Sums of force matching over a batch, for residual forces r = F - F̂ (kernels.ts has the kernel that makes them).
 * Sums run over stretches of columns, each with a sum of its own, so that rounding grows with the length of both and not
 * with their product.
 */

type Rows = readonly (readonly number[])[]

/** Columns of a stretch. */
export const stretchColumns = 16

/** Σ r² of unit x. */
export function squareSum(this: Thread<{ stretches: number; stretchColumns: number }>, r: Rows): number {
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

/** Σ r x, Σ r x², Σ r x³ and -Σ r of unit x: the sums of stiffness, cubic, quartic and bias. */
export function unitSums(
  this: Thread<{ stretches: number; stretchColumns: number }>,
  x: Rows,
  r: Rows,
): [number, number, number, number] {
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
      part0 += ri
      part1 += ri * xi
      part2 += ri * xi * xi
      part3 += ri * xi * xi * xi
    }
    sum0 += part0
    sum1 += part1
    sum2 += part2
    sum3 += part3
  }
  return [sum1, sum2, sum3, -sum0]
}

/** Of edge x = (i, j): Σ r_i x_j + r_j x_i (J), or with `squares` Σ 2 (r_i x_i x_j² + r_j x_j x_i²) (G). */
export function edgeSum(
  this: Thread<{ stretches: number; stretchColumns: number; squares: boolean }>,
  x: Rows,
  r: Rows,
  ends: Rows,
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
      part += this.constants.squares ? 2 * xi * xj * (ri * xj + rj * xi) : ri * xj + rj * xi
    }
    sum += part
  }
  return sum
}
