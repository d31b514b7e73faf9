import type { PointSet } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { searchSet } from '../../physics/observe/search-set.js'
import type { DigitSet } from '../data/digits.js'
import { bridgeBetween } from './bridge.js'
import { beside, type ComparedMetric, compareSets } from './compare.js'
import { modeWeightErrorOfDigits, otherFraction, votedDigits } from './nearest-training.js'
import { checkFinite, clipped, pointsOf, selectClass } from './points.js'

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

/**
 * The MNIST metrics of a run, on samples clipped to [-1, 1]: `oneNearestNeighbour`, `frechetDistance`, `bridge` (for
 * two digits only), `other`, `modeWeightError`, `nearestTraining`.
 *
 * Each stands beside its floor, a seeded draw without replacement of as many training digits (all, when there are
 * fewer) in place of the samples, and its control, `harmonicControl`, clipped. In `other` the floor's digits do not
 * vote for themselves; the floor of `nearestTraining` is the mean distance of the held-out digits.
 *
 * @returns the metrics by name; the control's points, clipped: [samples.count, size²]; the digit that neighbours give each sample
 * @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples or another image size
 * Cost: eigenvalues O(units³), neighbours O(count·rows·10): for 1,000 samples of 144 units 2 s with 12,000 rows, 4 s with 60,000.
 */
export function digitMetrics(input: DigitMetricsInput): {
  metrics: Record<string, ComparedMetric>
  control: PointSet
  voted: Int32Array
} {
  const { digits, every, seed } = input
  checkFinite(input.samples)
  const samples = clipped(input.samples)
  const sets = { samples, train: pointsOf(input.train), heldOut: pointsOf(input.heldOut), seed }
  const { metrics: common, floor, control } = compareSets(sets, clipped)
  const { nearestTraining, ...first } = common
  const metrics: Record<string, ComparedMetric> = first
  if (digits.length === 2) {
    const bridge = bridgeBetween(selectClass(input.train, digits[0]!), selectClass(input.train, digits[1]!))
    metrics.bridge = beside(bridge(samples), bridge(floor), bridge(control))
  }
  const voters = searchSet(pointsOf(every))
  const vote = (set: PointSet, leaveOut: boolean) => votedDigits(set, voters, every.labels, { leaveOut })
  const [ofSamples, ofFloor, ofControl] = [vote(samples, false), vote(floor, true), vote(control, false)]
  const beneath = (metric: (voted: Int32Array) => Estimate) =>
    beside(metric(ofSamples), metric(ofFloor), metric(ofControl))
  metrics.other = beneath((voted) => otherFraction(voted, digits))
  metrics.modeWeightError = beneath((voted) => modeWeightErrorOfDigits(voted, input.train.labels, digits))
  return { metrics: { ...metrics, nearestTraining }, control, voted: ofSamples }
}
