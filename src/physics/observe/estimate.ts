/** A measured number and its standard error, NaN where that is not known: a single value has none. `null` in JSON. */
export interface Estimate {
  /** the estimate, in the unit of what is estimated */
  value: number
  /** of the value, in its unit; NaN where it is not known */
  standardError: number
}

/**
 * Mean of independent values: Σv/n, standard error √(Σ(v - mean)²/(n(n-1))) (NaN for one value).
 *
 * @param values at least one
 */
export function meanOf(values: Float64Array): Estimate {
  const count = values.length
  const value = values.reduce((sum, v) => sum + v, 0) / count
  const squares = values.reduce((sum, v) => sum + (v - value) ** 2, 0)
  return { value, standardError: Math.sqrt(squares / (count * (count - 1))) }
}

/**
 * Ratio of the means of two measurements of the same things, Σa/Σb, with the error to first order, that of the mean of a - (Σa/Σb) b
 * over ⟨b⟩: what scatters both alike cancels.
 *
 * @param a, b - of one length, at least one
 */
export function ratioOfMeans(a: Float64Array, b: Float64Array): Estimate {
  const [top, bottom] = [meanOf(a).value, meanOf(b).value]
  const value = top / bottom
  return { value, standardError: meanOf(a.map((v, n) => v - value * b[n]!)).standardError / Math.abs(bottom) }
}

/**
 * Fraction of independent trials that succeed: p = hits/trials, binomial standard error √(p(1-p)/trials).
 * At p = 0 or 1 the error is 0 although the true fraction may be of the order of 3/trials; of one trial it is NaN.
 */
export function fractionOf(hits: number, trials: number): Estimate {
  const value = hits / trials
  return { value, standardError: trials < 2 ? Number.NaN : Math.sqrt((value * (1 - value)) / trials) }
}

/**
 * How many standard errors a measured number is from the truth, z = (value - truth)/SE: standard normal when the error is
 * honest and nothing is biased. NaN for an error of 0 on the spot, ±Infinity off it.
 */
export function zScore({ value, standardError }: Estimate, truth: number): number {
  return (value - truth) / standardError
}
