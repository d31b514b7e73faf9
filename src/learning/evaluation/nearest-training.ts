import { type PointSet, pickRows } from '../../physics/network/states.js'
import { type Estimate, fractionOf, meanOf } from '../../physics/observe/estimate.js'
import { type NearestRows, nearestRows } from '../../physics/observe/nearest-rows.js'
import { type SearchSet, searchSet } from '../../physics/observe/search-set.js'
import { mostClasses } from '../data/classes.js'
import { weightError } from './mixture.js'
import { checkPoints } from './points.js'

/**
 * Mean Euclidean distance from a sample to the nearest training digit. Compare it with that of held-out digits: samples
 * much nearer than those are memorised.
 *
 * @param samples at least 2 points
 * @param train the training digits, or their `searchSet` when used again
 * @param selfExcluded true when samples are rows of `train`: one row equal to the sample, itself, does not count
 * @returns value ≥ 0 in units of x, standard error of a mean over samples: the training digits count as given
 * @throws OverdampedError E_DATA for fewer points or other units
 * Cost: that of `nearestRows`.
 */
export function nearestDistance(samples: PointSet, train: PointSet | SearchSet, selfExcluded = false): Estimate {
  checkPoints('nearestTraining', samples, 'axes' in train ? train.set : train, [2, selfExcluded ? 2 : 1])
  const search = 'axes' in train ? train : searchSet(train)
  return meanOf(nearestRows(samples, search, 1, selfExcluded).squaredDistances.map(Math.sqrt))
}

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
 * @param nearest - the training state nearest to each, where it is known
 * Cost: that of `nearestRows`.
 */
export function extremes(
  samples: PointSet,
  train: PointSet,
  count: number,
  nearest: NearestRows = nearestRows(samples, searchSet(train), 1, false),
): Extremes {
  const { rows, squaredDistances: squares } = nearest
  const order = Array.from({ length: samples.count }, (_, n) => n).sort((a, b) => squares[a]! - squares[b]! || a - b)
  const matched = (picks: number[]): Matched => {
    const states = picks.map((n) => rows[n]!)
    const distance = Float64Array.from(picks, (n) => Math.sqrt(squares[n]!))
    return { samples: pickRows(samples, picks), real: pickRows(train, states), distance }
  }
  return { closest: matched(order.slice(0, count)), farthest: matched(order.slice(-count).reverse()) }
}

/** The digits that vote. */
export interface Voters {
  readonly searched: SearchSet
  /** the digit of each, [count] */
  readonly labels: Int32Array
}

/** How the neighbours of a sample are chosen. */
export interface NeighbourOptions {
  /** how many vote; 5 unless told */
  neighbours?: number
  /** true when samples are rows of the training set: one row equal to the sample, itself, does not vote */
  leaveOut?: boolean
}

/**
 * The digit that the nearest training digits give to each sample: k-nearest-neighbour classification over all ten digits by
 * plurality, ties to the lower digit. (Of equally near rows the earlier votes.)
 *
 * @param samples at least one point
 * @param train the training digits of all ten classes, more than `neighbours`, or their `searchSet` when used again
 * @param labels [train.count] the digit of each row, 0 to 9
 * @returns [samples.count]
 * @throws OverdampedError E_DATA for fewer points or other units
 * Cost: that of `nearestRows`.
 */
export function votedDigits(
  samples: PointSet,
  train: PointSet | SearchSet,
  labels: Int32Array,
  { neighbours = 5, leaveOut = false }: NeighbourOptions = {},
): Int32Array {
  checkPoints('other', samples, 'axes' in train ? train.set : train, [1, neighbours + 1])
  const search = 'axes' in train ? train : searchSet(train)
  const { rows } = nearestRows(samples, search, neighbours, leaveOut)
  return Int32Array.from({ length: samples.count }, (_, n) =>
    plurality(rows.subarray(n * neighbours, (n + 1) * neighbours), labels),
  )
}

/**
 * Fraction of samples voted to none of the run's digits, with its binomial standard error: the training digits count as
 * given.
 *
 * @param voted [samples] see votedDigits
 */
export function otherFraction(voted: Int32Array, digits: readonly number[]): Estimate {
  return fractionOf(voted.filter((digit) => !digits.includes(digit)).length, voted.length)
}

/**
 * Half the sum over the run's digits of |share of samples voted to it - its share of the data|: 0 when every class is drawn
 * as often as it should be.
 *
 * @param data [data] the digit of each datum
 */
export function modeWeightErrorOfDigits(voted: Int32Array, data: Int32Array, digits: readonly number[]): Estimate {
  const shares = (of: Int32Array) => digits.map((digit) => of.filter((each) => each === digit).length / of.length)
  return weightError(shares(voted), shares(data), voted.length)
}

/** The class with most votes; of several the lowest. */
function plurality(voters: Int32Array, labels: Int32Array): number {
  const counts = new Array<number>(mostClasses).fill(0)
  for (const row of voters) counts[labels[row]!]!++
  return counts.indexOf(Math.max(...counts))
}
