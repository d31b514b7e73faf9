import { invalidValue } from '../../errors.js'
import type { PointSet } from '../../physics/network/states.js'
import { correlatedGaussianDensity } from '../../physics/observe/gaussian-density.js'
import {
  exactDensity,
  gaussianFitDensity,
  nearestNeighbourDensity,
  type StateDensity,
} from '../../physics/observe/state-density.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { harmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import type { Problem } from '../system/problem.js'
import { momentsOf, type Start } from '../system/start.js'

/**
 * The density of the final states that the boundary part of the entropy production takes, as `finalDensity` asks for it:
 * that of a harmonic simulation's own law (exact), of a Gaussian fit, or by nearest neighbours.
 *
 * @returns null when the states have none: too few for a fit, or without spread
 */
export function finalDensity(
  { scenario, potential, bath }: Problem,
  protocol: Protocol,
  start: Start,
  final: PointSet,
): StateDensity | null {
  switch (scenario.finalDensity) {
    case 'gaussian':
      return gaussianFitDensity(final)
    case 'nearest-neighbour':
      return nearestNeighbourDensity(final)
    case 'exact': {
      const { mean, covariance } = harmonicProtocolLaw(potential, protocol, bath, momentsOf(start, final.units))
      const density = correlatedGaussianDensity(mean, covariance)
      if (density === null) throw invalidValue('the final states have no density. Start from a spread.', 'finalDensity')
      return exactDensity(final, density)
    }
  }
}
