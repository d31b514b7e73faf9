import type { Memory } from '../dynamics/observer.js'

/** Means over trajectories of several numbers, with standard errors and variances, [columns] each. */
export interface Moments {
  readonly mean: Float64Array
  /** NaN for one trajectory */
  readonly standardError: Float64Array
  /** over trajectories, with n - 1; NaN for one */
  readonly variance: Float64Array
}

/** Sums over trajectories that are given a batch at a time. */
export interface RunningMoments {
  readonly memory: Memory
  /** adds values[from … from + batch - 1], of trajectories in their order, to a column */
  add(column: number, values: Float64Array, from: number, batch: number): void
  moments(): Moments
}

/**
 * Means and variances of columns of numbers without keeping the numbers. They are counted from the first one that a column sees,
 * so that a mean far from 0 costs the variance no digits; and they are added one after another, so that batches change no bit.
 *
 * Memory: 32 bytes a column. Cost of a number: two additions.
 */
export function runningMoments(columns: number): RunningMoments {
  const count = new Float64Array(columns)
  const origin = new Float64Array(columns)
  const sum = new Float64Array(columns)
  const squares = new Float64Array(columns)
  return {
    memory: { count, origin, sum, squares },
    add(column, values, from, batch) {
      if (count[column] === 0) origin[column] = values[from]!
      const zero = origin[column]!
      let [s, q] = [sum[column]!, squares[column]!]
      for (let b = from; b < from + batch; b++) {
        const d = values[b]! - zero
        s += d
        q += d * d
      }
      sum[column] = s
      squares[column] = q
      count[column]! += batch
    },
    moments() {
      const mean = origin.map((zero, n) => zero + sum[n]! / count[n]!)
      // Rounding may leave less than nothing of numbers that are all alike.
      const variance = squares.map((q, n) => {
        const left = (q - sum[n]! ** 2 / count[n]!) / (count[n]! - 1)
        return left < 0 ? 0 : left
      })
      return { mean, variance, standardError: variance.map((v, n) => Math.sqrt(v / count[n]!)) }
    },
  }
}
