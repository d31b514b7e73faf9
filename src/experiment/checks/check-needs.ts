import { OverdampedError } from '../../errors.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { integrators } from '../../physics/dynamics/integrators.js'
import type { Problem } from '../system/problem.js'
import { reversedDataVariance } from './reversed-noising.js'

/** A check by name. */
export type CheckName = Problem['scenario']['checks'][number]

/** Largest harmonic system whose covariance is followed step by step. */
const mostUnits = 16
/** Largest network whose covariances are all compared: O(units²) of them, from an eigendecomposition. */
const mostCorrelated = 400

const energies = ({ scenario: { observe } }: Problem) =>
  observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
const harmonic = ({ potential }: Problem) => potential.terms.every((term) => term.harmonic)
const smallHarmonic = (problem: Problem) =>
  problem.given !== undefined && problem.potential.network.units <= mostUnits && harmonic(problem)
/** Whether visible units act on one another, be it through hidden ones. */
export const isCoupled = ({ generation: { potential } }: Problem) =>
  potential.network.units > 1 && potential.terms.some(({ support, size }) => support !== 'unit' && size > 0)

const driven = ({ given }: Problem) => given !== undefined && given.scheduled.length > 0
const atRest = ({ given }: Problem) => given !== undefined && given.scheduled.length === 0 && given.kT === null
const scheme = ({ scenario }: Problem) => scenario.sampling.integrator

type Need = readonly [met: (problem: Problem) => boolean, words: string]

const eulerMaruyama: Need = [
  (problem) => scheme(problem) === 'euler-maruyama',
  'sampling.integrator euler-maruyama, whose own law it is',
]
const constantTemperature: Need = [({ given }) => given?.kT === null, 'a constant temperature (no protocol.kT)']
const smallHarmonicSimulation: Need = [
  smallHarmonic,
  `a plain simulation of at most ${mostUnits} units in a harmonic potential (stiffness, bias, bilinear)`,
]
const mixtureData: Need = [({ data }) => data?.source === 'gaussian-mixture', 'data.source gaussian-mixture']
const uncoupledAtRest: Need = [
  (problem) => atRest(problem) && !isCoupled(problem),
  'a plain simulation without couplings or schedules',
]

/** What each check asks of a scenario: whether it is met, and in words. */
const needs: Record<CheckName, readonly Need[]> = {
  'first-law': [[energies, 'observe: [work, heat]']],
  'heat-integral': [
    [energies, 'observe: [work, heat]'],
    [harmonic, 'a harmonic potential (stiffness, bias, bilinear)'],
  ],
  'gaussian-moments': [smallHarmonicSimulation, eulerMaruyama, constantTemperature],
  autocorrelation: [
    smallHarmonicSimulation,
    eulerMaruyama,
    constantTemperature,
    [({ scenario }) => scenario.initial?.kind !== 'point', 'initial: { kind: gaussian } or { kind: equilibrium }'],
  ],
  'boltzmann-moments': [uncoupledAtRest, eulerMaruyama],
  'quartic-moments': [
    uncoupledAtRest,
    eulerMaruyama,
    [({ potential: { groups } }) => groups.length === 1 && groups[0]!.name === 'quartic', 'potential.onsite [quartic]'],
  ],
  'stationary-covariance': [
    [
      (problem) => atRest(problem) && harmonic(problem) && problem.potential.network.units <= mostCorrelated,
      `a plain simulation of at most ${mostCorrelated} units in a harmonic potential without schedules`,
    ],
    [
      (problem) => ['euler-maruyama', 'leimkuhler-matthews', 'exact-ou'].includes(scheme(problem)),
      'sampling.integrator euler-maruyama, leimkuhler-matthews or exact-ou',
    ],
  ],
  'work-mean': [
    smallHarmonicSimulation,
    eulerMaruyama,
    constantTemperature,
    [(problem) => driven(problem) && energies(problem), 'a schedule in protocol.parameters, and observe: [work]'],
  ],
  'free-energy': [
    smallHarmonicSimulation,
    eulerMaruyama,
    constantTemperature,
    [
      (problem) => driven(problem) && problem.scenario.observe.includes('work'),
      'a schedule in protocol.parameters, and observe: [work]',
    ],
    [({ scenario }) => scenario.initial?.kind === 'equilibrium', 'initial: { kind: equilibrium }'],
  ],
  'mean-first-passage': [
    [({ scenario }) => scenario.firstPassage !== undefined, 'firstPassage and observe: [first-passage]'],
    uncoupledAtRest,
    eulerMaruyama,
    [({ scenario }) => scenario.initial?.kind === 'point', 'initial: { kind: point }'],
  ],
  'reverse-noising': [
    [energies, 'observe: [work, heat]'],
    eulerMaruyama,
    [
      (problem) => reversedDataVariance(problem) !== null,
      'a plain simulation of the potential [stiffness] that follows 2kT/v(noising.duration - t) - k0 for a time ' +
        'noising.duration - noising.tMin, v(t) the variance of noised Gaussian data, from initial: { kind: gaussian, mean: 0, ' +
        'variance: v(noising.duration) }',
    ],
  ],
  'exact-score': [mixtureData],
  'mixture-modes': [mixtureData],
  'contrast-bias': [
    [({ scenario }) => scenario.learning?.rule === 'contrastive-divergence', 'learning.rule contrastive-divergence'],
    [({ scenario }) => (scenario.learning?.contrast?.substeps ?? 1) === 1, 'learning.contrast.substeps 1'],
    [harmonic, 'a harmonic potential (stiffness, bias, bilinear)'],
  ],
}

const oneMobility: Need = [
  ({ generation }) => generation.potential.network.mobility === null,
  'units of one mobility: no label units, and no hidden units that move (explicit, glauber)',
]

const harmonicLandscapes: readonly Need[] = [
  [harmonic, 'a harmonic potential (stiffness, bias, bilinear); ou-splitting takes any'],
  [({ data }) => data?.source !== 'gaussian-mixture', 'data other than a mixture, whose exact score is not harmonic'],
]
const noExchange: Need = [
  (problem) => !energies(problem),
  'observe without work, heat and entropy-production: its steps sample an equilibrium and have none',
]

/** What an integrator asks of a scenario, from what it can do. */
function integratorNeeds({ mobilities, harmonic, dynamical }: Integrator): Need[] {
  return [
    ...(mobilities ? [] : [oneMobility]),
    ...(harmonic ? harmonicLandscapes : []),
    ...(dynamical ? [] : [noExchange]),
  ]
}

/** What the exact density of the final states asks of a scenario. */
const exactDensityNeeds = [smallHarmonicSimulation, eulerMaruyama, constantTemperature]

/**
 * Makes sure, before anything runs, that the scenario's integrator, its final density and every check it names apply to it.
 *
 * @throws E_INVALID_VALUE saying what is needed
 */
export function requireApplicable(problem: Problem): void {
  const integrator = scheme(problem)
  const unsuited = integratorNeeds(integrators[integrator]).find(([met]) => !met(problem))
  if (unsuited !== undefined)
    throw new OverdampedError('E_INVALID_VALUE', `${integrator} needs ${unsuited[1]}.`, 'sampling.integrator')
  const unknown = exactDensityNeeds.find(([met]) => !met(problem))
  if (problem.scenario.finalDensity === 'exact' && unknown !== undefined)
    throw new OverdampedError('E_INVALID_VALUE', `exact needs ${unknown[1]}. Use gaussian.`, 'finalDensity')
  problem.scenario.checks.forEach((name, index) => {
    const unmet = needs[name].find(([met]) => !met(problem))
    if (unmet === undefined) return
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `"${name}" needs ${unmet[1]}. Remove the check, or give it that.`,
      `checks.${index}`,
    )
  })
}
