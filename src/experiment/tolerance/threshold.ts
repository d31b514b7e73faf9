import { crossing, isotonic } from './isotonic.js'

/** The size of an imperfection at which a stated quality is lost. */
export interface Tolerance {
  /** inside: between two sizes tried; below: lost at the mildest of them already; above: at none of them */
  readonly where: 'inside' | 'below' | 'above'
  /** the size; where it was not crossed, the mildest or the worst tried */
  readonly size: number
  /** of `size`; null with fewer than two seeds, and where the level was not crossed */
  readonly standardError: number | null
  /** whether a curve that lacks one of the seeds is not crossed among the sizes: it was put at the end, so that the error is at least so large */
  readonly isLeast: boolean
}

/** Sizes to places on the axis of a curve, and back. */
interface Scale {
  to(size: number): number
  from(place: number): number
}

/** A bit halves the error: evenly spaced bits are evenly spaced logarithms of it already. */
const scales = {
  log: { to: Math.log, from: Math.exp },
  linear: { to: (size: number) => size, from: (place: number) => place },
} as const satisfies Readonly<Record<string, Scale>>

/** How sizes are spaced along the axis of a curve. */
export type ScaleName = keyof typeof scales

/**
 * Where the mean loss over seeds, made monotonic, crosses a level. Its standard error is the jackknife's over the n seeds: with θ₋ᵢ the place
 * on the axis without seed i,
 *
 *     σ² = (n − 1)/n Σᵢ (θ₋ᵢ − θ̄)²,
 *
 * carried to a size by the slope of the scale.
 *
 * @param sizes - from the mildest to the worst; at least one
 * @param losses - of each size, one for each seed: (size, seed)
 * @param level - the loss that counts
 *
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), §11.
 */
export function toleranceOf(
  sizes: readonly number[],
  losses: readonly (readonly number[])[],
  level: number,
  scale: ScaleName,
): Tolerance {
  const { to, from } = scales[scale]
  const places = sizes.map(to)
  const [mildest, worst] = [places[0]!, places.at(-1)!]
  const crossingOf = (of: (values: readonly number[]) => readonly number[]) =>
    crossing(places, isotonic(losses.map((values) => mean(of(values)))), level)
  const at = crossingOf((values) => values)
  if (at === 'below') return { where: at, size: sizes[0]!, standardError: null, isLeast: false }
  if (at === 'above') return { where: at, size: sizes.at(-1)!, standardError: null, isLeast: false }
  const seeds = losses[0]!.length
  if (seeds < 2) return { where: 'inside', size: from(at), standardError: null, isLeast: false }
  const found = Array.from({ length: seeds }, (_, seed) => crossingOf((values) => values.toSpliced(seed, 1)))
  const without = found.map((place) => (place === 'below' ? mildest : place === 'above' ? worst : place))
  const centre = mean(without)
  const variance = ((seeds - 1) / seeds) * without.reduce((sum, place) => sum + (place - centre) ** 2, 0)
  const slope = scale === 'log' ? from(at) : 1
  return {
    ...({ where: 'inside', size: from(at) } as const),
    standardError: slope * Math.sqrt(variance),
    isLeast: found.some((place) => typeof place === 'string'),
  }
}

/** Whether less of an imperfection is tolerated than another tolerance of it says. @param worse - which sizes are */
export function stricter(one: Tolerance, other: Tolerance, worse: 'more' | 'less'): boolean {
  const order = { below: 0, inside: 1, above: 2 }
  if (one.where !== other.where) return order[one.where] < order[other.where]
  return worse === 'more' ? one.size < other.size : one.size > other.size
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
