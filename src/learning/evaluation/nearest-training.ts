import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { nearestRows, type SearchSet, searchSet } from '../../physics/observe/nearest-rows.js'
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
