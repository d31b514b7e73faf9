import type { Estimate } from './estimate.js'
import { logMeanExp, effectiveSampleSize as sizeOf } from './log-weights.js'
import { tailIndex } from './tail-index.js'

/** The average of e^a over independent values, and how far it can be trusted. */
export interface ExponentialAverage {
  /** ln⟨e^a⟩ */
  readonly logMean: number
  /**
   * standard error of ⟨e^a⟩ over ⟨e^a⟩, which is also that of the logarithm to first order; NaN (not known) where a single
   * value outweighs all others, an effective sample size below 2
   */
  readonly relativeError: number
  /** (Σw)²/Σw², w = e^a: as many equal weights would give the same error; at most the number of values */
  readonly effectiveSampleSize: number
  /** of w; null for fewer than 21 values */
  readonly tailIndex: Estimate | null
  /** why the average or its error cannot be trusted; null when nothing speaks against them */
  readonly doubt: string | null
}

/** From here on w has no variance, and no standard error means anything. */
const heaviestTail = 0.5
/** Below this the relative error passes 10 %, and the bias of a logarithm, 1/(2·size), half a per cent. */
const smallestSample = 100
/** Below this the average is one value's, and one value has no spread. */
const leastSample = 2

/**
 * ln⟨e^a⟩ = ln (1/n) Σ e^(a_i), from the largest a on, so that nothing overflows.
 *
 * Such averages rest on rare, large values. Two signs tell when too few of them were seen: the effective sample size, and
 * the tail index of w. Neither sees what no run has visited.
 *
 * @param exponents a, [n], independent
 *
 * Cost: O(n log n).
 */
export function exponentialAverage(exponents: Float64Array): ExponentialAverage {
  const n = exponents.length
  const effectiveSampleSize = sizeOf(exponents)
  const tail = tailIndex(exponents)
  const doubts: string[] = []
  if (tail !== null && tail.value >= heaviestTail)
    doubts.push(
      `the weights' tail index is ${tail.value.toFixed(2)} (at ${heaviestTail} or more their variance is infinite)`,
    )
  if (effectiveSampleSize < smallestSample)
    doubts.push(
      `the effective sample size is ${effectiveSampleSize.toPrecision(3)} of ${n} (${
        effectiveSampleSize < leastSample
          ? 'one value outweighs all others: its error is not known'
          : `below ${smallestSample} the error is unsafe`
      })`,
    )
  return {
    logMean: logMeanExp(exponents),
    relativeError:
      effectiveSampleSize < leastSample ? Number.NaN : Math.sqrt(Math.max(0, n / effectiveSampleSize - 1) / (n - 1)),
    effectiveSampleSize,
    tailIndex: tail,
    doubt: doubts.length === 0 ? null : doubts.join('; '),
  }
}
