import { type Estimate, meanOf } from './estimate.js'

/** A function of the lag with its standard errors, both [lags + 1]; entry t is for values t steps apart. */
export interface Autocovariance {
  /** [lags + 1] */
  readonly value: Float64Array
  /** of each value, [lags + 1] */
  readonly standardError: Float64Array
}

/** Windows are this many correlation times long: what is left out is e^-5 of the sum, what is let in is little noise. */
const window = 5

/**
 * Autocovariance of one stationary series,
 *
 *     C(t) = Σ_n (x_n - x̄)(x_(n+t) - x̄)/(n - t),   Var C(t) ≈ Σ_s [C(s)² + C(s+t) C(s-t)]/(n - t)
 *
 * The error holds for a Gaussian process (the fourth cumulant is left out) longer than many correlation times; errors of
 * neighbouring lags are correlated. Subtracting the measured mean lowers C by Var x̄ = 2 C(0)·correlationTime/n.
 *
 * @param series n values at equal spacing in time
 * @param lags largest lag, below n
 *
 * Cost: O(n·(lags + 5 correlation times)).
 * Source: Bartlett, J. R. Stat. Soc. Suppl. 8, 27 (1946); Priestley, Spectral Analysis and Time Series (1981), section 5.3.
 */
export function autocovariance(series: Float64Array, lags: number): Autocovariance {
  const n = series.length
  const { value: mean } = meanOf(series)
  const deviations = series.map((x) => x - mean)
  const known: number[] = []
  const covariance = (lag: number) => {
    const t = Math.abs(lag)
    while (known.length <= t && known.length < n) known.push(laggedMean(deviations, known.length))
    return known[t] ?? 0
  }
  // Beyond the window only noise would be added to the sum.
  const { span } = summedCorrelation(covariance, n)
  const inside = (s: number) => (Math.abs(s) <= span ? covariance(s) : 0)
  const value = new Float64Array(lags + 1)
  const standardError = new Float64Array(lags + 1)
  for (let t = 0; t <= lags; t++) {
    value[t] = covariance(t)
    let sum = 0
    for (let s = -span - t; s <= span + t; s++) sum += inside(s) ** 2 + inside(s + t) * inside(s - t)
    standardError[t] = Math.sqrt(Math.max(0, sum) / (n - t))
  }
  return { value, standardError }
}

/**
 * Autocovariance over independent runs of one stationary process, with errors from their spread alone, whatever the
 * process: C(t) is averaged over time within each run, then over runs.
 *
 * @param runs series one after the other, [count, length] row-major; the mean over all is subtracted
 * @param count at least 2
 * @param lags largest lag, below the length
 *
 * Cost: O(count·length·lags).
 */
export function autocovarianceOfRuns(runs: Float64Array, count: number, lags: number): Autocovariance {
  const length = runs.length / count
  const { value: mean } = meanOf(runs)
  const deviations = runs.map((x) => x - mean)
  const value = new Float64Array(lags + 1)
  const standardError = new Float64Array(lags + 1)
  for (let t = 0; t <= lags; t++) {
    const estimate = meanOf(
      Float64Array.from({ length: count }, (_, run) =>
        laggedMean(deviations.subarray(run * length, (run + 1) * length), t),
      ),
    )
    value[t] = estimate.value
    standardError[t] = estimate.standardError
  }
  return { value, standardError }
}

/**
 * Integrated autocorrelation time of a stationary series, in its steps, τ = ½ + Σ_(t≥1) ρ(t), summed up to the first lag
 * M ≥ 5τ. The mean of n values has the variance 2τ C(0)/n.
 *
 * The standard error is τ√(2(2M+1)/n); the window leaves out about e^-5 of an exponential correlation.
 *
 * @param series longer than many τ
 *
 * Cost: O(n·τ).
 * Source: Madras and Sokal, J. Stat. Phys. 50, 109 (1988), appendix C.
 */
export function correlationTime(series: Float64Array): Estimate {
  const n = series.length
  const { value: mean } = meanOf(series)
  const deviations = series.map((x) => x - mean)
  const { time, span } = summedCorrelation((t) => laggedMean(deviations, t), n)
  return { value: time, standardError: time * Math.sqrt((2 * (2 * span + 1)) / n) }
}

/** ½ + Σ C(t)/C(0) up to the window, and the window. */
function summedCorrelation(covariance: (lag: number) => number, n: number): { time: number; span: number } {
  const variance = covariance(0)
  let time = 0.5
  let span = 0
  while (span < window * time && span + 1 < n && variance > 0) time += covariance(++span) / variance
  return { time, span }
}

function laggedMean(deviations: Float64Array, lag: number): number {
  let sum = 0
  for (let n = 0; n + lag < deviations.length; n++) sum += deviations[n]! * deviations[n + lag]!
  return sum / (deviations.length - lag)
}
