import { type PointSet, pickRows } from '../../physics/network/states.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { drawStep, drawWithoutReplacement } from './draw.js'

/** Samples that a figure which depends on their number is measured on, so that runs of any size can be compared. */
const setSize = 1000
/** Draws of training points in place of samples, where not all are drawn: their mean is the floor. */
const draws = 10

/** Cuts so many samples into consecutive sets of a thousand; what is left over is in none. Fewer are one set. */
export function consecutiveSets(count: number): { readonly first: number; readonly end: number }[] {
  const size = Math.min(count, setSize)
  return Array.from({ length: Math.floor(count / size) }, (_, n) => ({ first: n * size, end: (n + 1) * size }))
}

/** The rows `first` … `end` - 1 of a table; shares its memory. */
export function rowsBetween({ points, units }: PointSet, first: number, end: number): PointSet {
  return { points: points.subarray(first * units, end * units), count: end - first, units }
}

/**
 * A figure's mean over sets with its standard error over sets, as of independent values (from few sets a rough one); of a
 * single set its own estimate.
 */
export function overSets<S>(sets: readonly S[], figure: (set: S) => Estimate): Estimate {
  const [first, ...rest] = sets.map(figure)
  return rest.length === 0 ? first! : meanOf(Float64Array.of(first!.value, ...rest.map(({ value }) => value)))
}

/**
 * Training points in place of `count` samples: ten seeded draws, each without replacement, or all points, once, where there
 * are no more than that.
 */
export function floorSets(train: PointSet, count: number, seed: number): PointSet[] {
  const size = Math.min(count, train.count)
  return Array.from({ length: size === train.count ? 1 : draws }, (_, draw) =>
    pickRows(train, drawWithoutReplacement(seed, drawStep.floor + draw, size, train.count)),
  )
}

/** The mean of a figure over sets. */
export function meanOver(sets: readonly PointSet[], figure: (set: PointSet) => number): number {
  return sets.reduce((sum, set) => sum + figure(set), 0) / sets.length
}
