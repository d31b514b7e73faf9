import { OverdampedError } from '../../errors.js'
import { measuresEnergies } from '../sampling/ensemble.js'
import type { Problem } from '../system/problem.js'
import { checks } from './checks.js'
import { exactLawNeeds, isHarmonic, type Need } from './needs.js'

const oneMobility: Need = [
  ({ generation }) => generation.potential.network.mobility === null,
  'units of one mobility: no label units, and no hidden units that move (explicit, glauber)',
]

/** What some integrators ask of a scenario. */
const integratorNeeds: Partial<Record<Problem['scenario']['sampling']['integrator'], readonly Need[]>> = {
  'exact-ou': [
    oneMobility,
    [isHarmonic, 'a harmonic potential (stiffness, bias, bilinear); ou-splitting takes any'],
    [({ data }) => data?.source !== 'gaussian-mixture', 'data other than a mixture, whose exact score is not harmonic'],
  ],
  'ou-splitting': [oneMobility],
  mala: [
    oneMobility,
    [
      (problem) => !measuresEnergies(problem.scenario),
      'observe without work, heat and entropy-production: its steps sample an equilibrium and have none',
    ],
  ],
}

/**
 * Makes sure, before anything runs, that the scenario's integrator, its final density and every check it names apply to it.
 *
 * @throws E_INVALID_VALUE saying what is needed
 */
export function requireApplicable(problem: Problem): void {
  const { integrator } = problem.scenario.sampling
  const unsuited = integratorNeeds[integrator]?.find(([met]) => !met(problem))
  if (unsuited !== undefined)
    throw new OverdampedError('E_INVALID_VALUE', `${integrator} needs ${unsuited[1]}.`, 'sampling.integrator')
  const unknown = exactLawNeeds.find(([met]) => !met(problem))
  if (problem.scenario.finalDensity === 'exact' && unknown !== undefined)
    throw new OverdampedError('E_INVALID_VALUE', `exact needs ${unknown[1]}. Use gaussian.`, 'finalDensity')
  problem.scenario.checks.forEach((name, index) => {
    const unmet = checks[name].needs.find(([met]) => !met(problem))
    if (unmet === undefined) return
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `"${name}" needs ${unmet[1]}. Remove the check, or give it that.`,
      `checks.${index}`,
    )
  })
}
