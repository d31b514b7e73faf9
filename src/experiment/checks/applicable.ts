import { invalidValue } from '../../errors.js'
import { movesAll, ownOfUnits } from '../../physics/dynamics/fitting.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { integrators } from '../../physics/dynamics/integrators.js'
import { isHarmonicGivenHidden, isHarmonicGivenStates } from '../../physics/potential/given-hidden.js'
import { hasDriving } from '../../physics/potential/potential.js'
import { requireObservable } from '../sampling/observables.js'
import { measuresEnergies } from '../sampling/observers.js'
import type { Problem } from '../system/problem.js'
import { checks } from './checks.js'
import { exactLawNeeds, isHarmonic, type Need } from './run-check.js'

const oneMobility = (integrator: Integrator): Need => [
  ({ generation }) => movesAll(integrator, generation.potential.network.mobility),
  integrator.amongOthers === true
    ? 'units of one mobility beside those that are clamped or have states: no hidden units that move (explicit)'
    : 'units of one mobility: no label units, no units with states, and no hidden units that move (explicit, glauber)',
]

const harmonicLandscapes: readonly Need[] = [
  [
    (problem) => isHarmonic(problem) || isHarmonicGivenStates(problem.potential),
    'a harmonic potential (stiffness, bias, bilinear); ou-splitting takes any',
  ],
  [({ data }) => data?.source !== 'gaussian-mixture', 'data other than a mixture, whose exact score is not harmonic'],
]
const conditionalLaws: Need = [
  ({ generation: { potential } }) => isHarmonicGivenHidden(potential) || isHarmonicGivenStates(potential),
  'units whose law given all others is known: stiffness, bias and bilinear, with units that have states or bistable hidden units',
]
const noExchange: Need = [
  (problem) => !measuresEnergies(problem.scenario),
  'observe without work, heat and entropy-production: its steps sample an equilibrium and have none',
]

const equilibria: Need = [
  ({ generation: { potential } }) => !hasDriving(potential),
  'forces of the potential alone: it samples e^(-U/kT), and potential.force and bath.active lead elsewhere; use euler-maruyama or heun',
]
/** Units with what only some schemes move. */
const plainUnits = ({ ownOfUnits: known }: Integrator): Need => [
  ({ generation: { potential } }) => ownOfUnits(potential.network, known) === null,
  `units without ${known === 'walls' ? '' : 'walls, '}active forces and temperatures of their own; euler-maruyama and heun move these`,
]

/** What an integrator asks of a scenario, from what it can do. */
function integratorNeeds(integrator: Integrator): Need[] {
  const { harmonic, dynamical, redraws } = integrator
  return [
    oneMobility(integrator),
    ...(dynamical ? [] : [equilibria]),
    plainUnits(integrator),
    ...(harmonic ? harmonicLandscapes : []),
    ...(redraws === true ? [conditionalLaws] : []),
    ...(dynamical ? [] : [noExchange]),
  ]
}

/**
 * Makes sure, before anything runs, that the scenario's integrator, its final density, every check and every observable that it names
 * apply to it.
 *
 * @throws E_INVALID_VALUE saying what is needed
 */
export function requireApplicable(problem: Problem): void {
  const { integrator } = problem.scenario.sampling
  const require = (needs: readonly Need[], who: string, where: string, remedy = '') => {
    const unmet = needs.find(([met]) => !met(problem))
    if (unmet !== undefined) throw invalidValue(`${who} needs ${unmet[1]}.${remedy}`, where)
  }
  require(integratorNeeds(integrators[integrator]), integrator, 'sampling.integrator')
  if (problem.scenario.finalDensity === 'exact') require(exactLawNeeds, 'exact', 'finalDensity', ' Use gaussian.')
  for (const [index, name] of problem.scenario.checks.entries())
    if (typeof name === 'string')
      require(checks[name].needs, `"${name}"`, `checks.${index}`, ' Remove the check, or give it that.')
  requireObservable(problem)
}
