import { allJoined, collectedOf, type Observer } from '../../physics/dynamics/observer.js'
import { countShards, eachShard, type Span, spanOf } from '../../physics/dynamics/span.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { stepsAtKnots } from '../../physics/observe/knots.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import { alongComponents, type Band, type PrincipalBands } from './principal-bands.js'

/** A mean over a band of principal components. */
export interface BandEstimate extends Estimate, Band {}

/** Looks at generation where it passes the knots. */
export interface BandVariances extends Observer {
  /**
   * The signal's variance over that of the data, by knot and band: (variance along the components - s²)/(m² variance of the data
   * there), each summed over the band. 1 for the right network. The data count as given.
   */
  estimates(): BandEstimate[][]
}

/** What is summed at a knot in each shard of trajectories: positions along each component, squares of each band, and the squares of those. */
interface Sums extends Record<string, Float64Array> {
  readonly first: Float64Array
  readonly squares: Float64Array
  readonly fourth: Float64Array
}

/**
 * Measures how much of the data's variance the states of generation have at each knot, along principal components of the data.
 *
 * @param clock - noise time after each step of generation, [steps + 1]
 * @param trajectories - it looks at the first so many, at least 2 in all
 *
 * Cost: units² multiply-adds a trajectory and knot.
 */
export function observeBandVariances(
  components: PrincipalBands,
  noising: Noising,
  clock: Float64Array,
  trajectories: number | Span,
): BandVariances {
  const { knots } = noising
  const { bands, units } = components
  const knotOf = new Map(stepsAtKnots(knots, clock).map((step, n) => [step, n]))
  const span = spanOf(trajectories)
  const shards = countShards(span)
  const sums = knots.map(
    (): Sums => ({
      first: new Float64Array(shards * units),
      squares: new Float64Array(shards * bands.length),
      fourth: new Float64Array(shards * bands.length),
    }),
  )
  const collected = sums.map((memory, n) => [String(n), { memory, joins: allJoined('shards', memory) }] as const)
  return {
    trajectories: span.trajectories,
    ...collectedOf(Object.fromEntries(collected)),
    wants: (index) => knotOf.has(index),
    see({ index, first, batch, x }) {
      const n = knotOf.get(index)!
      const along = alongComponents(components, x, batch, signal(noising, knots[n]!))
      const sum = sums[n]!
      const looked = Math.min(batch, span.trajectories - first)
      eachShard(span, first, looked, (shard, start, end) => {
        const [own, ownBands] = [shard * units, shard * bands.length]
        for (let b = start - first; b < end - first; b++)
          bands.forEach(({ from, to }, band) => {
            let square = 0
            for (let c = from - 1; c < to; c++) {
              const y = along[c * batch + b]!
              sum.first[own + c]! += y
              square += y * y
            }
            sum.squares[ownBands + band]! += square
            sum.fourth[ownBands + band]! += square * square
          })
      })
    },
    estimates: () =>
      knots.map((t, n) =>
        estimatesAt(components, sums[n]!, span.trajectories, signal(noising, t), noiseWidth(noising, t)),
      ),
  }
}

/** The ratio of each band by what was summed over `count` trajectories, at signal m and noise width s. */
function estimatesAt(
  { bands, units, variances }: PrincipalBands,
  sums: Sums,
  count: number,
  m: number,
  s: number,
): BandEstimate[] {
  const first = addedUp(sums.first, units)
  const [squares, fourth] = [addedUp(sums.squares, bands.length), addedUp(sums.fourth, bands.length)]
  return bands.map(({ from, to }, band) => {
    let ofMean = 0
    let ofData = 0
    for (let c = from - 1; c < to; c++) {
      ofMean += (first[c]! / count) ** 2
      ofData += m * m * variances[c]!
    }
    const mean = squares[band]! / count
    const scatter = Math.max(0, fourth[band]! / count - mean * mean)
    const variance = ((mean - ofMean) * count) / (count - 1)
    return {
      ...{ from, to },
      value: (variance - (to - from + 1) * s * s) / ofData,
      standardError: Math.sqrt(scatter / (count - 1)) / ofData,
    }
  })
}

/** Sums of all shards, [shards, width], in their order: [width]. */
function addedUp(sums: Float64Array, width: number): Float64Array {
  const total = sums.slice(0, width)
  for (let n = width; n < sums.length; n++) total[n % width]! += sums[n]!
  return total
}
