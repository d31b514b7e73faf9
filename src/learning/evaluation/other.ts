import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { nearestRows, type SearchSet, searchSet } from '../../physics/observe/nearest-rows.js'
import { checkPoints } from './points.js'

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
  const share = (of: Int32Array, digit: number) => of.filter((each) => each === digit).length / of.length
  const shares = digits.map((digit) => share(voted, digit))
  return {
    value: shares.reduce((sum, value, n) => sum + Math.abs(value - share(data, digits[n]!)) / 2, 0),
    standardError:
      voted.length < 2
        ? Number.NaN
        : Math.sqrt(shares.reduce((sum, value) => sum + (value * (1 - value)) / voted.length / 4, 0)),
  }
}

/** The digit with most votes; of several the lowest. */
function plurality(voters: Int32Array, labels: Int32Array): number {
  const counts = new Array<number>(10).fill(0)
  for (const row of voters) counts[labels[row]!]!++
  return counts.indexOf(Math.max(...counts))
}
