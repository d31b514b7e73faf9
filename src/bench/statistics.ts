/** Median and spread of repeated figures. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly lowerQuartile: number
  readonly upperQuartile: number
  readonly repeats: number
}

/** Order statistics, interpolated linearly between neighbours. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (fraction: number) => {
    const place = fraction * (sorted.length - 1)
    const below = Math.floor(place)
    const low = sorted[below]!
    return low + (place - below) * ((sorted[below + 1] ?? low) - low)
  }
  return {
    median: at(0.5),
    min: sorted[0]!,
    max: sorted.at(-1)!,
    lowerQuartile: at(0.25),
    upperQuartile: at(0.75),
    repeats: sorted.length,
  }
}

/** A straight line y = intercept + slope·x through points. */
export interface Line {
  readonly intercept: number
  readonly slope: number
  /** the largest |y - fit|/fit */
  readonly largestDeviation: number
}

/** Fits a line, least squares of the relative deviations (times differ by orders of magnitude). */
export function fitLine(x: readonly number[], y: readonly number[]): Line {
  let w = 0
  let wx = 0
  let wxx = 0
  let wy = 0
  let wxy = 0
  x.forEach((xn, n) => {
    const weight = 1 / y[n]! ** 2
    w += weight
    wx += weight * xn
    wxx += weight * xn * xn
    wy += weight * y[n]!
    wxy += weight * xn * y[n]!
  })
  const slope = (w * wxy - wx * wy) / (w * wxx - wx * wx)
  const intercept = (wy - slope * wx) / w
  const deviations = x.map((xn, n) => Math.abs(y[n]! / (intercept + slope * xn) - 1))
  return { intercept, slope, largestDeviation: Math.max(...deviations) }
}

/** The exponent p of y ∝ x^p, by least squares of the logarithms. */
export function fitExponent(x: readonly number[], y: readonly number[]): number {
  const logX = x.map(Math.log)
  const logY = y.map(Math.log)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanX = mean(logX)
  const meanY = mean(logY)
  let covariance = 0
  let variance = 0
  logX.forEach((value, n) => {
    covariance += (value - meanX) * (logY[n]! - meanY)
    variance += (value - meanX) ** 2
  })
  return covariance / variance
}
