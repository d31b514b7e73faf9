import type { Estimate } from './estimate.js'

/** The mean of a correlated series with an error that knows of the correlations. */
export interface BlockedMean extends Estimate {
  /** relative error of the standard error itself, 1/√(2(blocks - 1)) */
  errorOfError: number
  /** values averaged into each block; 1 when the series is uncorrelated */
  blockLength: number
  /** how many blocks were averaged over */
  blocks: number
  /**
   * integrated autocorrelation time in steps of the series, ½ + Σ_t ρ(t): as many values are worth one independent value
   * as twice this. ½ when uncorrelated
   */
  correlationTime: number
  /** false when the series is too short for its correlations, so that the error is too small; the mend is a longer run */
  converged: boolean
}

/** Fewest blocks that an error is read from. */
const fewestBlocks = 8

/**
 * Mean of a stationary, correlated series. Blocking: neighbouring values are averaged in pairs, again and again; the naive
 * error of the blocked series,
 *
 *     SE_B² = Σ(block mean - mean)²/(n_B(n_B - 1)),
 *
 * grows with the block length B until blocks are independent, then stays. It is read at the shortest B with
 * B³ > 2n (SE_B/SE_1)⁴, which balances what correlations are left (too small by a share of about correlationTime/B)
 * against the few blocks.
 *
 * @param series n ≥ 16 values, at equal spacing in time; a remainder that fills no block is left out of the error
 *
 * Cost: O(n).
 * Source: Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989); the choice of B: Lee et al., Phys. Rev. E 83, 066706 (2011).
 */
export function blockedMean(series: Float64Array): BlockedMean {
  const n = series.length
  const value = series.reduce((sum, x) => sum + x, 0) / n
  let blocks = series.map((x) => x - value)
  const naive = squaredError(blocks)
  let error = naive
  let blockLength = 1
  const longEnough = () => naive === 0 || blockLength ** 3 > 2 * n * (error / naive) ** 2
  while (!longEnough() && blocks.length >= 2 * fewestBlocks) {
    blocks = Float64Array.from({ length: blocks.length >> 1 }, (_, k) => (blocks[2 * k]! + blocks[2 * k + 1]!) / 2)
    blockLength *= 2
    error = squaredError(blocks)
  }
  return {
    value,
    standardError: Math.sqrt(error),
    errorOfError: 1 / Math.sqrt(2 * (blocks.length - 1)),
    blockLength,
    blocks: blocks.length,
    correlationTime: naive === 0 ? 0.5 : error / naive / 2,
    converged: longEnough(),
  }
}

/** Squared standard error of the mean, were the values independent. */
function squaredError(values: Float64Array): number {
  const count = values.length
  const mean = values.reduce((sum, v) => sum + v, 0) / count
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count * (count - 1))
}
