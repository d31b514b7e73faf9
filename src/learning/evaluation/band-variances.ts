import { memoriesOf, type Observer } from '../../physics/dynamics/observer.js'
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

/** What is summed at a knot: positions along each component, squares of each band, and the squares of those. */
interface Sums {
  readonly first: Float64Array
  readonly squares: Float64Array
  readonly fourth: Float64Array
}

/**
 * Measures how much of the data's variance the states of generation have at each knot, along principal components of the data.
 *
 * @param clock - noise time after each step of generation, [steps + 1]
 * @param trajectories - it looks at the first so many, at least 2
 *
 * Cost: units² multiply-adds a trajectory and knot.
 */
export function observeBandVariances(
  components: PrincipalBands,
  noising: Noising,
  clock: Float64Array,
  trajectories: number,
): BandVariances {
  const { knots } = noising
  const { bands, units, variances } = components
  const knotOf = new Map(stepsAtKnots(knots, clock).map((step, n) => [step, n]))
  const sums = knots.map(
    (): Sums => ({
      first: new Float64Array(units),
      squares: new Float64Array(bands.length),
      fourth: new Float64Array(bands.length),
    }),
  )
  return {
    trajectories,
    memory: memoriesOf(Object.fromEntries(sums.map((memory, n) => [String(n), { memory: { ...memory } }]))),
    wants: (index) => knotOf.has(index),
    see({ index, first, batch, x }) {
      const n = knotOf.get(index)!
      const along = alongComponents(components, x, batch, signal(noising, knots[n]!))
      const sum = sums[n]!
      for (let b = 0; b < Math.min(batch, trajectories - first); b++)
        bands.forEach(({ from, to }, band) => {
          let square = 0
          for (let c = from - 1; c < to; c++) {
            const y = along[c * batch + b]!
            sum.first[c]! += y
            square += y * y
          }
          sum.squares[band]! += square
          sum.fourth[band]! += square * square
        })
    },
    estimates: () =>
      knots.map((t, n) => {
        const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
        const { first, squares, fourth } = sums[n]!
        return bands.map(({ from, to }, band) => {
          let ofMean = 0
          let ofData = 0
          for (let c = from - 1; c < to; c++) {
            ofMean += (first[c]! / trajectories) ** 2
            ofData += m * m * variances[c]!
          }
          const mean = squares[band]! / trajectories
          const scatter = Math.max(0, fourth[band]! / trajectories - mean * mean)
          const variance = ((mean - ofMean) * trajectories) / (trajectories - 1)
          return {
            ...{ from, to },
            value: (variance - (to - from + 1) * s * s) / ofData,
            standardError: Math.sqrt(scatter / (trajectories - 1)) / ofData,
          }
        })
      }),
  }
}
