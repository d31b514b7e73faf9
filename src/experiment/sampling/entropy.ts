import { invalidValue } from '../../errors.js'
import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import type { PointSet } from '../../physics/network/states.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { entropyOfBaths } from '../../physics/observe/bath-heat.js'
import { type EntropyProduction, entropyProduction } from '../../physics/observe/entropy-production.js'
import { correlatedGaussianDensity } from '../../physics/observe/gaussian-density.js'
import {
  boundaryEntropy,
  exactDensity,
  gaussianFitDensity,
  nearestNeighbourDensity,
  type StateDensity,
} from '../../physics/observe/state-density.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { harmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import type { Problem } from '../system/problem.js'
import { momentsOf, type Start, startDensity } from '../system/start.js'
import { entropyUnknownOf } from './drive-notes.js'

/**
 * The density of the final states that the boundary part of the entropy production takes, as `finalDensity` asks for it:
 * that of a harmonic simulation's own law (exact), of a Gaussian fit, or by nearest neighbours.
 *
 * @returns null when the states have none: too few for a fit, or without spread
 */
function finalDensity(
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

/** The density of the start; null for a point, and where units have states. */
function densityOf({ generation }: Problem, start: Start): ReturnType<typeof startDensity> {
  return hasStates(generation.potential.network) ? null : startDensity(start)
}

/** Entropy production where `observe` names it; null where the start or the final states have no density. */
export function entropyOf(
  problem: Problem,
  protocol: Protocol,
  start: Start,
  { initial, final }: Ensemble,
  workAndHeat: WorkAndHeat | null,
): EntropyProduction | null {
  const before = densityOf(problem, start)
  if (workAndHeat === null || before === null || !problem.scenario.observe.includes('entropy-production')) return null
  if (entropyUnknownOf(problem) !== null) return null
  const after = finalDensity(problem, protocol, start, final)
  if (after === null) return null
  const { generation, bath } = problem
  const ofBaths = entropyOfBaths(workAndHeat, generation.potential.network, bath.kT)
  return entropyProduction(ofBaths, 1, boundaryEntropy(exactDensity(initial, before), after))
}

/** Why the entropy production is not known, where the start has a law; nobody asks after that of a point. */
export function whyUnknown(problem: Problem, start: Start): string[] {
  const unknown = entropyUnknownOf(problem)
  if (unknown !== null) return [unknown]
  if (hasStates(problem.generation.potential.network))
    return [
      'entropy production is not known: it takes -ln p of the final states, whose law nobody knows where units have states of their own. Its part in the bath is the heat over kT',
    ]
  if (start.kind === 'drawn' && start.law === null)
    return [
      'entropy production is not known: it takes ln p of the initial states, and nobody knows the normaliser of what a relaxation ends in. Its part in the bath is the heat over kT',
    ]
  if (densityOf(problem, start) === null) return []
  return ['entropy production is not known: the final states have no density; they are too few, or without spread']
}

/** What entropy production leaves out where hidden units have a bath of their own. */
export const ofVisibleAlone =
  'entropy production is that of the visible units in the potential that they feel; what heat between the two baths produces is not in it'
