import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'

/** Share of held-out digits that are no farther than the limit, beyond which a sample is a phantom. */
const within = 0.999

/** What distances to the nearest training digit are judged by. */
export interface PhantomLimit {
  /** the `within` quantile of the held-out digits' distances, interpolated between neighbours */
  readonly limit: number
  /** the largest of them */
  readonly farthest: number
}

/**
 * The distances that held-out digits keep to the training digits. Of n held-out digits n/1000 are beyond the limit: of 2,115
 * two, so that its own standard error is some .1 in units of pixels.
 *
 * @param heldOut at least one distance
 */
export function phantomLimit(heldOut: Float64Array): PhantomLimit {
  const sorted = heldOut.toSorted()
  const place = within * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return { limit: below + (place % 1) * (above - below), farthest: sorted.at(-1)! }
}

/**
 * Fraction of samples farther from every training digit than 99.9 % of held-out digits are: those that no data made, such as
 * the mirror image of a digit, whose well an even potential has beside it. One in a thousand by definition for real digits.
 *
 * @param distances to the nearest training digit, at least one
 * @returns value in [0, 1] with its binomial standard error: the limit counts as given
 */
export function phantomFraction(distances: Float64Array, { limit }: PhantomLimit): Estimate {
  return fractionOf(distances.filter((distance) => distance > limit).length, distances.length)
}

/** The largest distance over that of held-out digits: about 1 for real ones, more the more there are; its error is not known. */
export function farthestRatio(distances: Float64Array, { farthest }: PhantomLimit): Estimate {
  return {
    value: distances.reduce((most, distance) => Math.max(most, distance), 0) / farthest,
    standardError: Number.NaN,
  }
}
