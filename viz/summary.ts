/** The figures of a list of numbers that tables show. */
export interface Summary {
  count: number
  mean: number
  standardDeviation: number
  standardError: number
  minimum: number
  lower: number
  median: number
  upper: number
  maximum: number
}

/**
 * Mean, s.d. (n-1), s.e. = s.d./√n, extremes and the 5, 50 and 95 % quantiles.
 * @param values independent draws; those that are not finite are left out
 * @returns NaN in every figure of an empty list, and in s.d. and s.e. of a single value. Cost O(n log n).
 */
export function summarise(values: ArrayLike<number>): Summary {
  const sorted = ascending(values)
  const count = sorted.length
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const standardDeviation = Math.sqrt(squares / (count - 1))
  return {
    count,
    mean,
    standardDeviation,
    standardError: standardDeviation / Math.sqrt(count),
    minimum: quantile(sorted, 0),
    lower: quantile(sorted, 0.05),
    median: quantile(sorted, 0.5),
    upper: quantile(sorted, 0.95),
    maximum: quantile(sorted, 1),
  }
}

/** The finite ones of numbers, sorted, [their count]. */
function ascending(values: ArrayLike<number>): Float64Array {
  const sorted = new Float64Array(values.length)
  let count = 0
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number
    if (Number.isFinite(value)) sorted[count++] = value
  }
  return sorted.subarray(0, count).sort()
}

/**
 * Linear interpolation between order statistics.
 * @param sorted ascending
 * @param fraction in [0, 1]
 */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  const position = fraction * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return (sorted[below] ?? Number.NaN) * (1 - position + below) + (sorted[above] ?? 0) * (position - below)
}

/** The least and the largest of numbers, however many: as arguments of a function they would have to fit on the stack. */
export function extent(values: Iterable<number>): [least: number, largest: number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > largest) largest = value
  }
  return [least, largest]
}

/** Counts in bins of equal width, and how many values lie outside the range that is shown. */
export interface Histogram {
  centres: number[]
  counts: number[]
  width: number
  /** Values in the bins. */
  inside: number
  /** Finite values beyond the shown range. */
  outside: number
}

/**
 * Histogram whose bins are those of Freedman and Diaconis (width 2·IQR/∛n) or of the Rice rule (2∛n bins), whichever are
 * finer: the first are too wide for two far modes. At most 60. Values farther than one IQR outside the central 99.6 % are
 * counted in `outside`: a few of them would press the rest into one bar.
 * @param values any numbers; those that are not finite are left out
 */
export function histogram(values: ArrayLike<number>): Histogram {
  const bins = sharedBins([values])
  const { counts, outside } = histogramOn(bins, values)
  const { centres, width } = bins
  return { centres, width, counts, inside: counts.reduce((sum, count) => sum + count, 0), outside }
}

/** Bins of equal width. */
export interface Bins {
  /** Lower end of the first. */
  start: number
  centres: number[]
  width: number
}

/** The bins of `histogram`, for several sets together: they hold what any of them shows, as fine as the finest needs. */
export function sharedBins(sets: readonly ArrayLike<number>[]): Bins {
  const ranges = sets.flatMap((values) => shownRange(ascending(values)) ?? [])
  if (ranges.length === 0) return { start: 0, centres: [], width: 1 }
  const low = Math.min(...ranges.map((range) => range.low))
  const high = Math.max(...ranges.map((range) => range.high))
  const finest = Math.max(...ranges.map((range) => range.bins * ((high - low) / (range.high - range.low || 1))))
  const bins = high > low ? Math.min(60, Math.ceil(finest)) : 1
  const width = high > low ? (high - low) / bins : Math.max(1e-9, Math.abs(low) * 1e-3)
  const start = high > low ? low : low - width / 2
  return { start, centres: Array.from({ length: bins }, (_, bin) => start + (bin + 0.5) * width), width }
}

/** The stretch of a sorted set that is shown, and into how many bins it is cut, not yet whole; undefined for none. */
function shownRange(sorted: Float64Array): { low: number; high: number; bins: number } | undefined {
  if (sorted.length === 0) return undefined
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25)
  const [q0, q1] = [quantile(sorted, 0.002), quantile(sorted, 0.998)]
  // A value just beyond the quantile is no outlier: the range reaches to the extremes unless they are far away.
  const low = Math.max(sorted[0] as number, q0 - spread)
  const high = Math.min(sorted.at(-1) as number, q1 + spread)
  const cubeRoot = Math.cbrt(sorted.length)
  // Numbers at the ends of what there is have no difference.
  const bins = Math.max(2 * cubeRoot, spread > 0 ? ((high - low) * cubeRoot) / (2 * spread) : 1) || 1
  return { low, high, bins }
}

/** How many of the values lie in each bin, how many finite ones beyond, and how many are finite. Cost O(n). */
export function histogramOn({ start, centres, width }: Bins, values: ArrayLike<number>) {
  const counts = new Array<number>(centres.length).fill(0)
  let [finite, outside] = [0, 0]
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number
    if (!Number.isFinite(value)) continue
    finite++
    const place = (value - start) / width
    // The ends of the range belong to it, to rounding.
    if (place < -1e-9 || place > centres.length + 1e-9) outside++
    else {
      const bin = Math.max(0, Math.min(centres.length - 1, Math.floor(place)))
      counts[bin] = (counts[bin] as number) + 1
    }
  }
  return { counts, finite, outside }
}
