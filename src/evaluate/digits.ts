import { type DigitSet, loadMnist } from '../data/mnist.js'
import { bridgeMass } from './bridge.js'
import { drawStep, drawWithoutReplacement } from './draw.js'
import type { Estimate } from './estimate.js'
import { type FrechetReference, frechetDistance, frechetReference, frechetValue } from './frechet.js'
import { harmonicControl } from './harmonic-control.js'
import { oneNearestNeighbour } from './nearest-neighbour.js'
import { searchSet } from './nearest-rows.js'
import { nearestDistance } from './nearest-training.js'
import { otherFraction } from './other.js'
import { clipped, type PointSet, pointsOf, selectClass, selectRows } from './points.js'

/** A metric of the samples, what training digits score in their place, and what the harmonic control scores. */
export interface DigitMetric extends Estimate {
  floor: number
  control: number
}

/** What the metrics are computed from. */
export interface DigitMetricsInput {
  /** denoised, not clipped: [count, size²] */
  samples: PointSet
  /** training part of the run's digits, from `loadMnist(digits, size, holdout)` */
  train: DigitSet
  /** held-out part of the run's digits */
  heldOut: DigitSet
  /** the run's digits */
  digits: readonly number[]
  size: number
  holdout: number
  /** integer in [0, 2⁵³): subsets, floor and control are drawn from it */
  seed: number
}

const allDigits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/**
 * The MNIST metrics of a run, on samples clipped to [-1, 1]: `oneNearestNeighbour`, `frechetDistance`, `bridge` (for
 * two digits only), `other`, `nearestTraining`.
 *
 * Each stands beside its floor, a seeded draw without replacement of as many training digits (all, when there are
 * fewer) in place of the samples, and its control, `harmonicControl`, clipped. In `other` the floor's digits do not
 * vote for themselves; the floor of `nearestTraining` is the mean distance of the held-out digits.
 *
 * @returns the metrics by name, and the control's points, clipped: [samples.count, size²]
 * @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples, another image size,
 * or digits that cannot be read
 * Cost: for 1,000 samples about 4 s at 144 units, 30 s at 576: eigenvalues O(units³), neighbours O(count·8000·units).
 */
export function digitMetrics(input: DigitMetricsInput): { metrics: Record<string, DigitMetric>; control: PointSet } {
  const { seed, digits } = input
  const samples = clipped(input.samples)
  const train = pointsOf(input.train)
  const heldOut = pointsOf(input.heldOut)
  const floorCount = Math.min(samples.count, train.count)
  const floor = selectRows(train, drawWithoutReplacement(seed, drawStep.floor, floorCount, train.count))
  const control = clipped(harmonicControl(train, samples.count, seed))

  const nearestNeighbour = (set: PointSet) => oneNearestNeighbour(set, heldOut, seed)
  const metrics: Record<string, DigitMetric> = {
    oneNearestNeighbour: beside(nearestNeighbour(samples), nearestNeighbour(floor), nearestNeighbour(control)),
    frechetDistance: frechetMetric(samples, floor, control, frechetReference(heldOut)),
  }
  if (digits.length === 2) {
    const classes = [selectClass(input.train, digits[0]!), selectClass(input.train, digits[1]!)] as const
    const bridge = (set: PointSet) => bridgeMass(set, ...classes)
    metrics.bridge = beside(bridge(samples), bridge(floor), bridge(control))
  }
  const every = loadMnist(allDigits, input.size, input.holdout).train
  const voters = searchSet(pointsOf(every))
  const other = (set: PointSet, leaveOut: boolean) => otherFraction(set, voters, every.labels, digits, { leaveOut })
  metrics.other = beside(other(samples, false), other(floor, true), other(control, false))
  const searched = searchSet(train)
  const nearest = (set: PointSet) => nearestDistance(set, searched)
  metrics.nearestTraining = beside(nearest(samples), nearest(heldOut), nearest(control))
  return { metrics, control }
}

function beside(metric: Estimate, floor: Estimate, control: Estimate): DigitMetric {
  return { ...metric, floor: floor.value, control: control.value }
}

/** Only the samples' distance needs its standard error, which is ten times the work. */
function frechetMetric(
  samples: PointSet,
  floor: PointSet,
  control: PointSet,
  reference: FrechetReference,
): DigitMetric {
  const distance = frechetDistance(samples, reference)
  return { ...distance, floor: frechetValue(floor, reference), control: frechetValue(control, reference) }
}
