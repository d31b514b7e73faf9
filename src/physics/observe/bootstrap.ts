import { stream } from '../noise/streams.js'
import { uniformIntegers } from '../noise/uniform.js'

/** How a statistic is resampled. */
export interface BootstrapOptions {
  /** integer in [0, 2⁵³); the same seed resamples the same rows, whatever the statistic. 1 when absent */
  readonly seed?: number | undefined
  /** default 200: the standard error is then good to 5 % */
  readonly resamples?: number | undefined
  /** share of the resampled values between `low` and `high`; default .95 */
  readonly level?: number | undefined
}

/** The spread of a statistic over resampled data; all NaN (not known) where a data set has a single row. */
export interface Bootstrap {
  readonly standardError: number
  /** percentile interval */
  readonly low: number
  readonly high: number
}

/**
 * Spread of any statistic of independent rows, from drawing as many rows with replacement again and again:
 *
 *     SE² = Σ_b (T_b - T̄)²/(B - 1),   interval: quantiles of T_b
 *
 * It is wrong, and usually too small, for statistics that rest on a few extreme rows (a tail index ≥ ½), and for rows that
 * are correlated: give trajectories, not frames.
 *
 * @param counts number of rows of each data set that the statistic uses (forward and reverse works: two)
 * @param statistic of the rows with the given numbers, one array [count] for each data set, reused between calls
 *
 * Cost: `resamples` statistics and Σ counts/4 Philox calls each.
 * Source: Efron, Ann. Stat. 7, 1 (1979).
 */
export function bootstrap(
  counts: readonly number[],
  statistic: (...rows: Int32Array[]) => number,
  { seed = 1, resamples = 200, level = 0.95 }: BootstrapOptions = {},
): Bootstrap {
  if (counts.some((count) => count < 2)) return { standardError: Number.NaN, low: Number.NaN, high: Number.NaN }
  const picks = counts.map((count) => new Int32Array(count))
  const values = new Float64Array(resamples)
  for (let b = 0; b < resamples; b++) {
    picks.forEach((rows, set) => {
      uniformIntegers({ seed, stream: stream.bootstrap, step: b * counts.length + set }, rows.length, rows)
    })
    values[b] = statistic(...picks)
  }
  const mean = values.reduce((sum, v) => sum + v, 0) / resamples
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
  values.sort()
  return {
    standardError: Math.sqrt(squares / (resamples - 1)),
    low: quantile(values, (1 - level) / 2),
    high: quantile(values, (1 + level) / 2),
  }
}

/** Quantile of sorted values, linear between them. */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!)
}
