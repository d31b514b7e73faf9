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
  const line = leastSquaresLine(x, y, (n) => 1 / y[n]! ** 2)
  const deviations = x.map((xn, n) => Math.abs(y[n]! / (line.intercept + line.slope * xn) - 1))
  return { ...line, largestDeviation: Math.max(...deviations) }
}

/** The exponent p of y ∝ x^p, by least squares of the logarithms. */
export function fitExponent(x: readonly number[], y: readonly number[]): number {
  return leastSquaresLine(x.map(Math.log), y.map(Math.log), () => 1).slope
}

/** The line of least Σ_n w_n (y_n - intercept - slope·x_n)². */
function leastSquaresLine(x: readonly number[], y: readonly number[], weight: (n: number) => number) {
  const mean = (of: (n: number) => number) => x.reduce((sum, _, n) => sum + weight(n) * of(n), 0) / total
  const total = x.reduce((sum, _, n) => sum + weight(n), 0)
  const [centreX, centreY] = [mean((n) => x[n]!), mean((n) => y[n]!)]
  const slope = mean((n) => (x[n]! - centreX) * (y[n]! - centreY)) / mean((n) => (x[n]! - centreX) ** 2)
  return { intercept: centreY - slope * centreX, slope }
}
