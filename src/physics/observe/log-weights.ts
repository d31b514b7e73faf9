import { type DrawKey, drawUniform } from '../noise/uniform.js'

/**
 * Normalised weights w_n = e^(a_n)/Σ e^(a_m), from the largest a on, so that nothing overflows.
 *
 * @param logWeights - a, [n]; up to a constant
 */
export function normalised(logWeights: Float64Array): Float64Array {
  const shift = logMeanExp(logWeights) + Math.log(logWeights.length)
  return logWeights.map((a) => Math.exp(a - shift))
}

/** log (1/n) Σ e^(a_n): with Jarzynski's weights an estimate of log Z_k/Z_0. */
export function logMeanExp(logWeights: Float64Array): number {
  const { largest, sum } = sums(logWeights)
  return largest + Math.log(sum / logWeights.length)
}

/** log Σ e^(a_n). */
export function logSumExp(exponents: Float64Array): number {
  const { largest, sum } = sums(exponents)
  return largest + Math.log(sum)
}

/** (Σw)²/Σw², w = e^a: as many equal weights would give the same error; from 1 to n. */
export function effectiveSampleSize(logWeights: Float64Array): number {
  const { sum, squares } = sums(logWeights)
  return (sum * sum) / squares
}

/** The largest a, and Σw and Σw² over it, w = e^(a - largest). */
function sums(logWeights: Float64Array): { largest: number; sum: number; squares: number } {
  let largest = -Infinity
  for (const a of logWeights) if (a > largest) largest = a
  let sum = 0
  let squares = 0
  for (const a of logWeights) {
    const w = Math.exp(a - largest)
    sum += w
    squares += w * w
  }
  return { largest, sum, squares }
}

/**
 * Systematic resampling: the states that stand at (u + m)/n, m = 0 … n-1, of the cumulated weights, with one uniform
 * number u. State n is taken ⌊n w⌋ or ⌈n w⌉ times, its expected number of copies is n·w.
 *
 * @param weights - normalised, [n]
 * @returns which state each of the n new ones is, [n], in increasing order
 * Source: Kitagawa, J. Comput. Graph. Stat. 5, 1 (1996).
 */
export function systematicResampling(weights: Float64Array, key: DrawKey): Int32Array {
  const count = weights.length
  const [uniform] = drawUniform(key, 1)
  const chosen = new Int32Array(count)
  let state = 0
  let passed = weights[0]! * count
  for (let m = 0; m < count; m++) {
    // Rounding may leave the total below n; the last state takes what is left.
    while (uniform! + m >= passed && state < count - 1) passed += weights[++state]! * count
    chosen[m] = state
  }
  return chosen
}
