import { type PointSet, pickRows } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { searchSet } from '../../physics/observe/search-set.js'
import { drawStep, drawWithoutReplacement } from './draw.js'
import { frechetDistance, frechetReference, frechetValue } from './frechet.js'
import { harmonicControl } from './harmonic-control.js'
import { oneNearestNeighbour } from './nearest-neighbour.js'
import { nearestDistance } from './nearest-training.js'
import { checkFinite } from './points.js'

/** A metric of the samples, what training data scores in their place, and what the harmonic control scores. */
export interface ComparedMetric extends Estimate {
  floor: number
  control: number
}

/** Samples and the data that they are measured against, all in one space. */
export interface ComparedSets {
  samples: PointSet
  train: PointSet
  heldOut: PointSet
  /** integer in [0, 2⁵³): subsets, floor and control are drawn from it */
  seed: number
}

/** The three metrics that any data has, and the sets that stand beside the samples. */
export interface Comparison {
  metrics: Record<'oneNearestNeighbour' | 'frechetDistance' | 'nearestTraining', ComparedMetric>
  /** a seeded draw without replacement of as many training points as there are samples (all, when there are fewer) */
  floor: PointSet
  /** a Gaussian of the training data's mean and covariance, [samples.count, units] */
  control: PointSet
}

/**
 * Measures samples against held-out data: `oneNearestNeighbour`, `frechetDistance` and `nearestTraining`, each beside its
 * floor (training points in place of samples; for `nearestTraining` the held-out points) and its control.
 *
 * @param bounded - applied to the control, as it was to the samples: clipping for pixels, nothing for other data
 * @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples, 2 training or 2
 * held-out points
 * Cost: eigenvalues O(units³), neighbours O(count²·units).
 */
export function compareSets(
  { samples, train, heldOut, seed }: ComparedSets,
  bounded: (set: PointSet) => PointSet = (set) => set,
): Comparison {
  checkFinite(samples)
  const floorCount = Math.min(samples.count, train.count)
  const floor = pickRows(train, drawWithoutReplacement(seed, drawStep.floor, floorCount, train.count))
  const control = bounded(harmonicControl(train, samples.count, seed))
  const nearestNeighbour = (set: PointSet) => oneNearestNeighbour(set, heldOut, seed)
  const reference = frechetReference(heldOut)
  const searched = searchSet(train)
  const nearest = (set: PointSet) => nearestDistance(set, searched)
  return {
    metrics: {
      oneNearestNeighbour: beside(nearestNeighbour(samples), nearestNeighbour(floor), nearestNeighbour(control)),
      // Only the samples' distance needs its standard error, which is ten times the work.
      frechetDistance: {
        ...frechetDistance(samples, reference),
        floor: frechetValue(floor, reference),
        control: frechetValue(control, reference),
      },
      nearestTraining: beside(nearest(samples), nearest(heldOut), nearest(control)),
    },
    floor,
    control,
  }
}

/** A metric of the samples beside the same of the floor and of the control. */
export function beside(metric: Estimate, floor: Estimate, control: Estimate): ComparedMetric {
  return { ...metric, floor: floor.value, control: control.value }
}
