import type { Collected } from '../dynamics/observer.js'
import type { Span } from '../dynamics/span.js'

/** Equal bins from one value to another; values outside are counted too. */
export interface Bins {
  readonly bins: number
  readonly from: number
  readonly to: number
}

/** A measured density, [bins] both, and where the values were. */
export interface MeasuredDensity extends Bins {
  /** of all values: it integrates to the share that lies within */
  readonly density: Float64Array
  /** from the spread over trajectories; NaN for one */
  readonly standardError: Float64Array
  /** how many values lie below, within and above */
  readonly below: number
  readonly within: number
  readonly above: number
}

/** Bunches of trajectories, at most: the error has an error of its own of 1/√(2·127), 6 %. */
const mostBunches = 128

/** Counts values of trajectories that come a batch at a time. */
export interface BunchedHistogram extends Collected {
  /** values [elements, batch] of the trajectories first … first + batch - 1 of the span */
  add(values: Float64Array, elements: number, first: number, batch: number): void
  measured(): MeasuredDensity
}

/**
 * A histogram with honest errors: the values of a trajectory are correlated, trajectories are not, so errors come from the spread
 * between bunches of neighbouring trajectories. Counts are whole numbers, and no order of adding changes them. NaN is not counted.
 *
 * Memory: 128 × (bins + 2) numbers at most. Cost of a value: a division and an addition.
 */
export function bunchedHistogram({ first: begin, of }: Span, { bins, from, to }: Bins): BunchedHistogram {
  const bunches = Math.min(of, mostBunches)
  const width = (to - from) / bins
  const stride = bins + 2
  const counts = new Float64Array(bunches * stride)
  const placeOf = (value: number) =>
    value < from ? 0 : value > to ? bins + 1 : 1 + Math.min(bins - 1, Math.floor((value - from) / width))
  return {
    memory: { counts },
    joins: { counts: 'counts' },
    add(values, elements, first, batch) {
      for (let b = 0; b < batch; b++) {
        const row = Math.floor(((begin + first + b) * bunches) / of) * stride
        for (let k = 0; k < elements; k++) {
          const value = values[k * batch + b]!
          if (!Number.isNaN(value)) counts[row + placeOf(value)]!++
        }
      }
    },
    measured() {
      const sums = new Float64Array(stride)
      counts.forEach((count, n) => {
        sums[n % stride]! += count
      })
      const total = sums.reduce((sum, count) => sum + count, 0)
      const density = sums.slice(1, bins + 1).map((count) => count / (total * width))
      const squares = new Float64Array(bins)
      for (let bunch = 0; bunch < bunches; bunch++) {
        const own = counts.subarray(bunch * stride, (bunch + 1) * stride)
        const size = own.reduce((sum, count) => sum + count, 0)
        // The bunch's density less that of all, times its share of the values.
        density.forEach((all, n) => {
          squares[n]! += ((own[n + 1]! / width - all * size) / total) ** 2
        })
      }
      const standardError = squares.map((square) => Math.sqrt(square * (bunches / (bunches - 1))))
      const within = total - sums[0]! - sums[bins + 1]!
      return { bins, from, to, density, standardError, below: sums[0]!, within, above: sums[bins + 1]! }
    },
  }
}
