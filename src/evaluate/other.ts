import { type Estimate, fractionOf } from '../observe/estimate.js'
import { nearestRows, type SearchSet, searchSet } from '../observe/nearest-rows.js'
import { checkPoints, type PointSet } from './points.js'

/** How the neighbours of a sample are chosen. */
export interface NeighbourOptions {
  /** how many vote; 5 unless told */
  neighbours?: number
  /** true when samples are rows of the training set: one row equal to the sample, itself, does not vote */
  leaveOut?: boolean
}

/**
 * Fraction of samples that the nearest training digits give to none of the run's digits: k-nearest-neighbour
 * classification over all ten digits by plurality, ties to the lower digit. (Of equally near rows the earlier votes.)
 *
 * @param samples at least one point
 * @param train the training digits of all ten classes, more than `neighbours`, or their `searchSet` when used again
 * @param labels [train.count] the digit of each row, 0 to 9
 * @param digits the run's digits
 * @returns value in [0, 1] with its binomial standard error: the training digits count as given
 * @throws OverdampedError E_DATA for fewer points or other units
 * Cost: that of `nearestRows`.
 */
export function otherFraction(
  samples: PointSet,
  train: PointSet | SearchSet,
  labels: Int32Array,
  digits: readonly number[],
  { neighbours = 5, leaveOut = false }: NeighbourOptions = {},
): Estimate {
  checkPoints('other', samples, 'axes' in train ? train.set : train, [1, neighbours + 1])
  const search = 'axes' in train ? train : searchSet(train)
  const { rows } = nearestRows(samples, search, neighbours, leaveOut)
  let hits = 0
  for (let n = 0; n < samples.count; n++) {
    const voters = rows.subarray(n * neighbours, (n + 1) * neighbours)
    if (!digits.includes(plurality(voters, labels))) hits++
  }
  return fractionOf(hits, samples.count)
}

/** The digit with most votes; of several the lowest. */
function plurality(voters: Int32Array, labels: Int32Array): number {
  const counts = new Array<number>(10).fill(0)
  for (const row of voters) counts[labels[row]!]!++
  return counts.indexOf(Math.max(...counts))
}
