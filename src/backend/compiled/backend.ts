import type { RuleName } from '../../learning/rules/rules.js'
import { ownOfUnits } from '../../physics/dynamics/fitting.js'
import { type IntegratorName, schemeOf } from '../../physics/dynamics/integrators.js'
import { hiddenBlock, type Network } from '../../physics/network/network.js'
import { hasStates } from '../../physics/network/unit-states.js'
import { hasDriving } from '../../physics/potential/potential.js'
import {
  type Backend,
  type Demand,
  refusedByApparatus,
  refusedByReach,
  refusedByRule,
  refusedByScheme,
  refusing,
  roundoff,
} from '../backend.js'
import { displacing } from '../displaced.js'
import { refusedBySlopes } from '../formula-rounding.js'
import { refusedByEnergies } from '../rounding.js'
import { createKernelArithmetic } from './arithmetic.js'
import { refusedFlips } from './flips.js'
import { createKernelLearner } from './learner.js'
import type { Arena } from './memory.js'
import type { Pool } from './programs.js'
import { simulateWithKernels } from './simulate.js'
import { refusedByKernels } from './system.js'

/** Schemes that the kernels know. */
const schemes: readonly IntegratorName[] = ['euler-maruyama', 'leimkuhler-matthews']
/** Learning rules that they know. */
const rules: readonly RuleName[] = ['force-matching', 'nudged-force-matching']

/** Whether a continuous unit moves that has not the terms of visible ones. */
function movesOthers(network: Network): boolean {
  const { mobility, ordinary } = network
  return !hasStates(network) && (mobility?.some((value, unit) => unit >= ordinary.length && value !== 0) ?? false)
}

/** Whether units with the terms of visible ones are continuous, and some move faster than others. */
function hasOwnMobility(network: Network): boolean {
  const { mobility, ordinary } = network
  return !hasStates(network) && mobility !== null && ordinary.some((unit) => mobility[unit] !== 1)
}

/** Why units with ways of their own, or forces without a potential, can't be moved here as is asked; null when they can. */
function refusedByOwn({ potential, rule, integrator, objective }: Demand): string | null {
  const { network } = potential
  const own =
    ownOfUnits(network) ??
    (hasDriving(potential) ? 'forces without a potential' : null) ??
    (hasOwnMobility(network) ? 'units of several mobilities' : null)
  if (own === null) return null
  if (rule !== null || objective !== undefined) return `its kernels learn no network with ${own}`
  const isMoved = ownOfUnits(network, schemeOf(integrator).ownOfUnits) === null
  return isMoved ? null : `it has no kernel for ${schemeOf(integrator).name} with ${own}`
}

/** Why units with states can't be redrawn here, as half a sentence; null when they can, or there are none. */
function refusedByStates({ potential: { network }, rule, integrator, objective }: Demand): string | null {
  if (!hasStates(network)) return null
  if (rule !== null) return 'its kernels learn units with states by objectives alone'
  return objective === undefined ? refusedFlips(schemeOf(integrator), hiddenBlock(network) !== undefined) : null
}

/** Why formulas can't be learned here, as half a sentence; null when they can, or there are none. */
function refusedByFormulas({ potential, rule, data, objective }: Demand): string | null {
  const term = potential.terms.find(({ formula }) => formula !== undefined)
  if (term !== undefined && objective !== undefined)
    return `its kernels measure no formula, as in the term "${term.name}", for objectives`
  if (term === undefined || rule === null) return null
  if (rule !== 'force-matching')
    return `its kernels learn a formula, as in the term "${term.name}", by force-matching alone`
  return data === undefined ? null : refusedBySlopes(potential, roundoff.float32, data.train, data.width)
}

/** Why the kernels can't run what is asked, however they were compiled, as half a sentence; null when they can. */
export function refusedByCompiled(demand: Demand): string | null {
  const { potential, rule, integrator, reach, objective, imperfect } = demand
  return (
    refusedByKernels(potential) ??
    (movesOthers(potential.network) ? 'its kernels move no hidden units with a term of their own' : null) ??
    refusedByOwn(demand) ??
    refusedByRule(rules, rule) ??
    refusedByApparatus(imperfect) ??
    refusedByStates(demand) ??
    (hasStates(potential.network) ? null : refusedByScheme(schemes, integrator)) ??
    refusedByReach(roundoff.float32, reach) ??
    refusedByEnergies(roundoff.float32, objective) ??
    refusedByFormulas(demand)
  )
}

/**
 * A backend of kernels on a pool of threads, over the arena of their memory. Any number of threads gives the same bits, and so do
 * the kernels, however they were compiled.
 *
 * @param stateBytes - bytes of states that a simulation has in memory at once; 2²⁸ when absent
 */
export function compiledBackend(arena: Arena, pool: Pool, stateBytes?: number): Backend {
  const { threads, traits } = pool
  return refusing({
    name: traits.name,
    device: `${traits.arithmetic}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    threads,
    roundoff: roundoff.float32,
    refusal: refusedByCompiled,
    simulate: displacing(roundoff.float32, (simulation, hooks = {}) =>
      simulateWithKernels(arena, pool, simulation, hooks, stateBytes),
    ),
    learner: (task) => createKernelLearner(arena, pool, task),
    arithmetic: (potential, bath) => createKernelArithmetic(arena, pool, potential, bath),
    close: () => pool.close(),
  })
}
