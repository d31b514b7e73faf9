import type { PointSet } from '../../physics/network/states.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { normalDistribution } from '../../physics/observe/kolmogorov-smirnov.js'
import type { GaussianMixture } from '../data/mixture.js'
import { between, fractionHit, hitsBetween } from './bridge.js'
import { energyDistance } from './energy-distance.js'

/**
 * The fraction of points between the two modes of a mixture: the coordinate along the line through their centres, 0 at the
 * first and 1 at the second, lies in (.3, .7).
 */
export function mixtureBridge(mixture: GaussianMixture, set: PointSet): Estimate {
  return fractionHit(bridgeHits(mixture, set))
}

/** 1 for each point between the two modes, 0 for the others, [count]. */
function bridgeHits({ means }: GaussianMixture, set: PointSet): Float64Array {
  const [first, second] = [means[0]!, means[1]!]
  const axis = first.map((value, i) => second[i]! - value)
  const length = axis.reduce((sum, value) => sum + value * value, 0)
  return hitsBetween(set, first, axis, length)
}

/** The exact value of `mixtureBridge` for the mixture itself, from normal distribution functions. */
export function exactMixtureBridge({ means, width, weights }: GaussianMixture): number {
  const [first, second] = [means[0]!, means[1]!]
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
  const shares = modeStatistics(mixture, set).map(({ fraction }) => fraction)
  return weightError(shares, mixture.weights, set.count)
}

/** Half the sum of |share - weight|, the shares those of `count` samples; its standard error takes them for independent. */
export function weightError(shares: readonly number[], weights: readonly number[], count: number): Estimate {
  const value = shares.reduce((sum, share, k) => sum + Math.abs(share - weights[k]!) / 2, 0)
  const variance = shares.reduce((sum, share) => sum + (share * (1 - share)) / count / 4, 0)
  return { value, standardError: count < 2 ? Number.NaN : Math.sqrt(variance) }
}

/** A figure of a set of samples whose value for the law itself is known exactly. */
export interface LawMeasure {
  /** of the figure */
  readonly name: string
  /** its value for the law itself */
  readonly truth: number
  /** its value for the samples */
  readonly value: number
  /**
   * what each sample adds to the figure, up to a constant, [count]: its standard error is that of the mean of these, and that
   * of a difference between two sets whose samples come in pairs is that of the mean of their differences
   */
  readonly influence: Float64Array
  /** standard error that as many samples of the law itself would have, where known; without hits the samples' own is 0 */
  readonly lawError?: number
}

/**
 * Samples measured against a mixture, by figures that its law has exactly. With the posterior weights r_k(x) of the modes,
 * ⟨r_k⟩ = w_k, ⟨r_k (x - μ_k)⟩ = 0 and ⟨r_k |x - μ_k|²⟩ = w_k d σ² hold however much the modes overlap:
 *
 * - `bridge`: mass between two modes;
 * - `weight k` = ⟨r_k⟩, of all modes but the last;
 * - `shift k` = ⟨r_k (x - μ_k)·u_k⟩/⟨r_k⟩, u_k pointing from the mixture's mean to the mode (along x₁ where they coincide);
 * - `variance k` = ⟨r_k |x - μ_k|²⟩/(d ⟨r_k⟩), per coordinate;
 * - `distance`: the sliced energy distance, unbiased.
 *
 * @param seed - of the distance's directions
 *
 * Cost: O(count·(modes·units + directions·log count)).
 */
export function mixtureMeasures(law: GaussianMixture, samples: PointSet, seed = 1): LawMeasure[] {
  const modes = law.means.length
  const measures: LawMeasure[] = []
  if (modes === 2) {
    const truth = exactMixtureBridge(law)
    const lawError = Math.sqrt((truth * (1 - truth)) / samples.count)
    measures.push({ ...meanMeasure('bridge', truth, bridgeHits(law, samples)), lawError })
  }
  const shares = posteriorWeights(law, samples)
  for (let k = 0; k + 1 < modes; k++) measures.push(meanMeasure(`weight ${k + 1}`, law.weights[k]!, shares[k]!))
  const { along, square } = modeCoordinates(law, samples)
  for (let k = 0; k < modes; k++) measures.push(ratioMeasure(`shift ${k + 1}`, 0, along[k]!, shares[k]!))
  for (let k = 0; k < modes; k++)
    measures.push(ratioMeasure(`variance ${k + 1}`, law.width ** 2, square[k]!, shares[k]!))
  measures.push({ name: 'distance', truth: 0, ...energyDistance(law, samples, seed) })
  return measures
}

/** Σv/n; each sample adds its v. */
function meanMeasure(name: string, truth: number, values: Float64Array): LawMeasure {
  return { name, truth, value: values.reduce((sum, v) => sum + v, 0) / values.length, influence: values }
}

/** R = Σ r v/Σ r; to first order each sample adds r (v - R)/⟨r⟩. */
function ratioMeasure(name: string, truth: number, values: Float64Array, shares: Float64Array): LawMeasure {
  const total = shares.reduce((sum, r) => sum + r, 0)
  const value = values.reduce((sum, v, n) => sum + shares[n]! * v, 0) / total
  const influence = values.map((v, n) => (shares[n]! * (v - value) * values.length) / total)
  return { name, truth, value, influence }
}

/** r_k(x) = w_k N(x; μ_k, σ²)/Σ_j w_j N(x; μ_j, σ²), [modes][count]. */
function posteriorWeights({ means, weights, width }: GaussianMixture, { points, count, units }: PointSet) {
  const shares = means.map(() => new Float64Array(count))
  for (let n = 0; n < count; n++) {
    const exponents = means.map((mean, k) => {
      let square = 0
      for (let i = 0; i < units; i++) square += (points[n * units + i]! - mean[i]!) ** 2
      return Math.log(weights[k]!) - square / (2 * width * width)
    })
    const largest = Math.max(...exponents)
    const sizes = exponents.map((exponent) => Math.exp(exponent - largest))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    sizes.forEach((size, k) => {
      shares[k]![n] = size / total
    })
  }
  return shares
}

/** (x - μ_k)·u_k and |x - μ_k|²/d of every sample, [modes][count] each. */
function modeCoordinates({ means, weights, units }: GaussianMixture, { points, count }: PointSet) {
  const centre = Array.from({ length: units }, (_, i) =>
    means.reduce((sum, mean, k) => sum + weights[k]! * mean[i]!, 0),
  )
  const along = means.map(() => new Float64Array(count))
  const square = means.map(() => new Float64Array(count))
  means.forEach((mean, k) => {
    const outward = mean.map((value, i) => value - centre[i]!)
    const length = Math.hypot(...outward)
    const direction = length > 0 ? outward.map((value) => value / length) : outward.map((_, i) => (i === 0 ? 1 : 0))
    for (let n = 0; n < count; n++)
      for (let i = 0; i < units; i++) {
        const offset = points[n * units + i]! - mean[i]!
        along[k]![n]! += offset * direction[i]!
        square[k]![n]! += (offset * offset) / units
      }
  })
  return { along, square }
}
