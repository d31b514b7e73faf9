import { type DrawKey, fillUniform } from '../../physics/noise/uniform.js'
import { weighed } from '../../physics/observe/log-weights.js'

/**
 * Normalised weights w_n = e^(a_n)/Σ e^(a_m), from the largest a on, so that nothing overflows.
 *
 * @param logWeights - a, [n]; up to a constant
 * @param out - [n]; a new array when absent
 */
export function normalised(logWeights: Float64Array, out = new Float64Array(logWeights.length)): Float64Array {
  const shift = logMeanExp(logWeights) + Math.log(logWeights.length)
  for (let n = 0; n < out.length; n++) out[n] = Math.exp(logWeights[n]! - shift)
  return out
}

/** log (1/n) Σ e^(a_n): with Jarzynski's weights an estimate of log Z_k/Z_0. */
export function logMeanExp(logWeights: Float64Array): number {
  return weighed(logWeights).logMean
}

/** (Σw)²/Σw², w = e^a: as many equal weights would give the same error; from 1 to n. */
export function effectiveSampleSize(logWeights: Float64Array): number {
  return weighed(logWeights).effectiveSampleSize
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
  const uniform = new Float64Array(1)
  fillUniform(key, uniform)
  const chosen = new Int32Array(count)
  let state = 0
  let passed = weights[0]! * count
  for (let m = 0; m < count; m++) {
    // Rounding may leave the total below n; the last state takes what is left.
    while (uniform[0]! + m >= passed && state < count - 1) passed += weights[++state]! * count
    chosen[m] = state
  }
  return chosen
}

/** Replaces the states by the chosen ones, in place; x is [units, batch]. */
export function takeStates(x: Float64Array, chosen: Int32Array): void {
  const batch = chosen.length
  const row = new Float64Array(batch)
  for (let start = 0; start < x.length; start += batch) {
    for (let n = 0; n < batch; n++) row[n] = x[start + chosen[n]!]!
    x.set(row, start)
  }
}
