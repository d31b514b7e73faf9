import { type PointSet, pickRows } from '../../physics/network/states.js'
import { nearestRows, searchSet } from '../../physics/observe/nearest-rows.js'

/** Some samples with the training state nearest to each, and their distance. */
interface Matched {
  readonly samples: PointSet
  readonly real: PointSet
  /** [count] */
  readonly distance: Float64Array
}

/** The samples nearest to training data (copies would show here) and those farthest from it. */
export interface Extremes {
  readonly closest: Matched
  readonly farthest: Matched
}

/**
 * Finds the `count` samples nearest to and farthest from their nearest training state.
 *
 * Cost: O(samples·training·16) usually.
 */
export function extremes(samples: PointSet, train: PointSet, count: number): Extremes {
  const { rows, squaredDistances: squares } = nearestRows(samples, searchSet(train), 1, false)
  const order = Array.from({ length: samples.count }, (_, n) => n).sort((a, b) => squares[a]! - squares[b]! || a - b)
  const matched = (picks: number[]): Matched => ({
    samples: pickRows(samples, picks),
    real: pickRows(
      train,
      picks.map((n) => rows[n]!),
    ),
    distance: Float64Array.from(picks, (n) => Math.sqrt(squares[n]!)),
  })
  return { closest: matched(order.slice(0, count)), farthest: matched(order.slice(-count).reverse()) }
}
