import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { type NearestRows, nearestRows } from '../../physics/observe/nearest-rows.js'
import { type SearchSet, searchSet } from '../../physics/observe/search-set.js'
import { frechetDistance, frechetReference, frechetValue } from './frechet.js'
import { harmonicControl } from './harmonic-control.js'
import { nearestNeighbourTest } from './nearest-neighbour.js'
import { checkFinite, checkPoints } from './points.js'
import { consecutiveSets, floorSets, meanOver, overSets, rowsBetween } from './sets.js'

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
  /** training points in place of a set of samples, see `floorSets` */
  floors: readonly PointSet[]
  /** a Gaussian of the training data's mean and covariance, as many as a set of samples has */
  control: PointSet
  /** the training data, prepared for searching */
  searched: SearchSet
  /** the training point nearest to each sample */
  nearest: NearestRows
  /** to the nearest training point, [count] each */
  distances: Readonly<Record<'samples' | 'heldOut' | 'control', Float64Array>>
}

/** Draws of the floor that are searched for neighbours, which takes ten times as long as their moments. */
export const searchedDraws = 4

/**
 * Measures samples against held-out data: `oneNearestNeighbour`, `frechetDistance` and `nearestTraining`, each beside its
 * floor (training points in place of samples, the mean over draws; for `nearestTraining` the held-out points) and its control.
 *
 * The first two depend on the number of samples: of more than 1,000 they are means over consecutive sets of 1,000, with the
 * standard error over sets. All sets are compared with the same held-out data, which counts as given.
 *
 * @param bounded - applied to the control, as it was to the samples: clipping for pixels, nothing for other data
 * @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples, 2 training or 2
 * held-out points
 * Cost: eigenvalues O(units³) of each set, neighbours O(count²·units).
 */
export function compareSets(
  { samples, train, heldOut, seed }: ComparedSets,
  bounded: (set: PointSet) => PointSet = (set) => set,
): Comparison {
  checkFinite(samples)
  checkPoints('metrics', samples, train, [3, 2])
  const sets = consecutiveSets(samples.count).map(({ first, end }) => rowsBetween(samples, first, end))
  const { count } = sets[0]!
  const floors = floorSets(train, count, seed)
  const control = bounded(harmonicControl(train, count, seed))
  const nearestNeighbour = nearestNeighbourTest(heldOut, seed)
  const reference = frechetReference(heldOut)
  const frechet = (set: PointSet) => frechetValue(set, reference)
  const searched = searchSet(train)
  const nearest = nearestRows(samples, searched, 1, false)
  const distances = {
    samples: nearest.squaredDistances.map(Math.sqrt),
    heldOut: distancesTo(searched, heldOut),
    control: distancesTo(searched, control),
  }
  return {
    metrics: {
      oneNearestNeighbour: {
        ...overSets(sets, nearestNeighbour),
        floor: meanOver(floors.slice(0, searchedDraws), (set) => nearestNeighbour(set).value),
        control: nearestNeighbour(control).value,
      },
      // Only a single set's distance needs a standard error of its own, which is ten times the work.
      frechetDistance: {
        ...(sets.length === 1
          ? frechetDistance(sets[0]!, reference)
          : overSets(sets, (set) => ({ value: frechet(set), standardError: Number.NaN }))),
        floor: meanOver(floors, frechet),
        control: frechet(control),
      },
      nearestTraining: beside(meanOf(distances.samples), meanOf(distances.heldOut), meanOf(distances.control)),
    },
    ...{ floors, control, searched, nearest, distances },
  }
}

/** Distance of each point to the nearest training point; `leaveOut` where the points are training points themselves. */
export function distancesTo(searched: SearchSet, points: PointSet, leaveOut = false): Float64Array {
  return nearestRows(points, searched, 1, leaveOut).squaredDistances.map(Math.sqrt)
}

/** A metric of the samples beside the same of the floor and of the control. */
export function beside(metric: Estimate, floor: Estimate, control: Estimate): ComparedMetric {
  return { ...metric, floor: floor.value, control: control.value }
}
