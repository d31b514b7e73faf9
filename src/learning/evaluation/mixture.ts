import type { PointSet } from '../../physics/network/states.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { normalDistribution } from '../../physics/observe/kolmogorov-smirnov.js'
import type { GaussianMixture } from '../data/mixture.js'
import { between, hitsBetween } from './bridge.js'

/**
 * The fraction of points between the two modes of a mixture: the coordinate along the line through their centres, 0 at the
 * first and 1 at the second, lies in (.3, .7).
 */
export function mixtureBridge(mixture: GaussianMixture, set: PointSet): Estimate {
  return fractionOf(
    bridgeHits(mixture, set).reduce((sum, hit) => sum + hit, 0),
    set.count,
  )
}

/** 1 for each point between the two modes, 0 for the others, [count]. */
export function bridgeHits({ means }: GaussianMixture, set: PointSet): Float64Array {
  const [first, second] = twoMeans(means)
  const axis = first.map((value, i) => second[i]! - value)
  const length = axis.reduce((sum, value) => sum + value * value, 0)
  return hitsBetween(set, first, axis, length)
}

/** The exact value of `mixtureBridge` for the mixture itself, from normal distribution functions. */
export function exactMixtureBridge({ means, width, weights }: GaussianMixture): number {
  const [first, second] = twoMeans(means)
  const distance = Math.hypot(...first.map((value, i) => second[i]! - value))
  const mass = (centre: number) =>
    normalDistribution(((between.to - centre) * distance) / width) -
    normalDistribution(((between.from - centre) * distance) / width)
  return weights[0]! * mass(0) + weights[1]! * mass(1)
}

/** For each mode, the fraction of points nearest to its centre and their variance per coordinate about it. */
export function modeStatistics(
  { means }: GaussianMixture,
  { points, count, units }: PointSet,
): { count: number; fraction: number; variance: number }[] {
  const found = means.map(() => ({ count: 0, fraction: 0, variance: 0 }))
  for (let n = 0; n < count; n++) {
    let nearest = 0
    let smallest = Infinity
    means.forEach((mean, k) => {
      let distance = 0
      for (let i = 0; i < units; i++) distance += (points[n * units + i]! - mean[i]!) ** 2
      if (distance < smallest) [nearest, smallest] = [k, distance]
    })
    found[nearest]!.count++
    found[nearest]!.variance += smallest / units
  }
  return found.map(({ count: hits, variance }) => ({
    count: hits,
    fraction: hits / count,
    variance: variance / Math.max(1, hits),
  }))
}

/** Half the sum of |fraction - weight| over the modes: 0 when every mode has its weight, 1 at worst. */
export function modeWeightError(mixture: GaussianMixture, set: PointSet): Estimate {
  const modes = modeStatistics(mixture, set)
  const value = modes.reduce((sum, { fraction }, k) => sum + Math.abs(fraction - mixture.weights[k]!) / 2, 0)
  const variance = modes.reduce((sum, { fraction }) => sum + (fraction * (1 - fraction)) / set.count / 4, 0)
  return { value, standardError: set.count < 2 ? Number.NaN : Math.sqrt(variance) }
}

function twoMeans(means: readonly (readonly number[])[]): [readonly number[], readonly number[]] {
  return [means[0]!, means[1]!]
}
