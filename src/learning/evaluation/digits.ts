import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { searchSet } from '../../physics/observe/search-set.js'
import type { DigitSet } from '../data/digits.js'
import { bridgeBetween } from './bridge.js'
import { beside, type ComparedMetric, type Comparison, compareSets, distancesTo, searchedDraws } from './compare.js'
import { modeWeightErrorOfDigits, otherFraction, type Voters, votedDigits } from './nearest-training.js'
import { farthestRatio, phantomFraction, phantomLimit } from './phantoms.js'
import { checkFinite, clipped, pointsOf, selectClass } from './points.js'
import { consecutiveSets, meanOver, overSets } from './sets.js'

/** What the metrics are computed from. */
export interface DigitMetricsInput {
  /** denoised, not clipped: [count, size²] */
  samples: PointSet
  /** training part of the run's digits */
  train: DigitSet
  /** held-out part of the run's digits */
  heldOut: DigitSet
  /** training part of all ten digits, or of those that the data has: they vote in `other` */
  every: DigitSet
  /** the run's digits */
  digits: readonly number[]
  /** integer in [0, 2⁵³): subsets, floor and control are drawn from it */
  seed: number
}

/** A class's share of the samples, by the digit that each is taken for, beside its share of the training data. */
export interface ClassShare extends Estimate {
  readonly digit: number
  readonly data: number
}

/** The metrics of digits and what they were read from. */
export interface DigitMeasurement extends Pick<Comparison, 'control' | 'nearest'> {
  /** by name */
  readonly metrics: Record<string, ComparedMetric>
  /** of each of the run's digits, of all samples */
  readonly classShares: readonly ClassShare[]
  /** the digit that each sample is taken for, [samples] */
  readonly voted: Int32Array
  readonly voters: Voters
}

/**
 * The MNIST metrics of a run, on samples clipped to [-1, 1]: `oneNearestNeighbour`, `frechetDistance`, `bridge` (for
 * two digits only), `other`, `modeWeightError`, `phantoms`, `farthest`, `nearestTraining`.
 *
 * Of more than 1,000 samples, those that depend on the number of samples (the first two, `modeWeightError`) are means over
 * consecutive sets of 1,000; the rest are of all samples.
 *
 * Each stands beside its floor, training digits in place of a set of samples (`floorSets`; the mean over its draws, for
 * neighbours over the first four, for votes the first), and its control, `harmonicControl`, clipped. In `other`, `phantoms`
 * and `farthest` the floor's digits are left out of the training digits; the floor of `nearestTraining` is the mean distance
 * of the held-out digits.
 *
 * @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples or another image size
 * Cost: eigenvalues O(units³), neighbours O(count·rows·10).
 */
export function digitMetrics(input: DigitMetricsInput): DigitMeasurement {
  const { digits, seed } = input
  checkFinite(input.samples)
  const samples = clipped(input.samples)
  const sets = { samples, train: pointsOf(input.train), heldOut: pointsOf(input.heldOut), seed }
  const compared = compareSets(sets, clipped)
  const { floors, control, nearest } = compared
  const { nearestTraining, ...metrics }: Record<string, ComparedMetric> = compared.metrics
  if (digits.length === 2) {
    const bridge = bridgeBetween(selectClass(input.train, digits[0]!), selectClass(input.train, digits[1]!))
    const floor = meanOver(floors, (set) => bridge(set).value)
    metrics.bridge = { ...bridge(samples), floor, control: bridge(control).value }
  }
  const voters = { searched: searchSet(pointsOf(input.every)), labels: input.every.labels }
  const { classShares, voted, ...votes } = votedMetrics(input, voters, samples, compared)
  return {
    metrics: { ...metrics, ...votes, ...phantomMetrics(compared), nearestTraining: nearestTraining! },
    ...{ classShares, control, nearest, voted, voters },
  }
}

/** What the digits say that samples are taken for. */
function votedMetrics(
  { train, digits }: DigitMetricsInput,
  { searched, labels }: Voters,
  samples: PointSet,
  { floors, control }: Comparison,
) {
  const vote = (set: PointSet, leaveOut: boolean) => votedDigits(set, searched, labels, { leaveOut })
  const [ofSamples, ofFloor, ofControl] = [vote(samples, false), vote(floors[0]!, true), vote(control, false)]
  const weight = (voted: Int32Array) => modeWeightErrorOfDigits(voted, train.labels, digits)
  const sets = consecutiveSets(samples.count).map(({ first, end }) => ofSamples.subarray(first, end))
  const shareOf = (labels: Int32Array, digit: number) =>
    fractionOf(labels.filter((label) => label === digit).length, labels.length)
  return {
    other: beside(otherFraction(ofSamples, digits), otherFraction(ofFloor, digits), otherFraction(ofControl, digits)),
    modeWeightError: beside(overSets(sets, weight), weight(ofFloor), weight(ofControl)),
    classShares: digits.map((digit) => ({
      ...{ digit, ...shareOf(ofSamples, digit) },
      data: shareOf(train.labels, digit).value,
    })),
    voted: ofSamples,
  }
}

/** How far samples are from all data. */
function phantomMetrics({ searched, floors, distances }: Comparison) {
  const limit = phantomLimit(distances.heldOut)
  const draws = floors.slice(0, searchedDraws)
  const real = draws.map((set) => distancesTo(searched, set, true))
  const metric = (figure: typeof phantomFraction): ComparedMetric => ({
    ...figure(distances.samples, limit),
    floor: real.reduce((sum, of) => sum + figure(of, limit).value, 0) / real.length,
    control: figure(distances.control, limit).value,
  })
  return { phantoms: metric(phantomFraction), farthest: metric(farthestRatio) }
}
