import { OverdampedError } from '../errors.js'
import type { Problem } from './problem.js'

/** A check by name. */
export type CheckName = Problem['scenario']['checks'][number]

/** Largest harmonic system whose covariance is followed step by step. */
const mostUnits = 16

const energies = ({ scenario: { observe } }: Problem) =>
  observe.includes('work') || observe.includes('heat') || observe.includes('entropy-production')
const harmonic = ({ potential }: Problem) => potential.terms.every((term) => term.harmonic)
const smallHarmonic = (problem: Problem) =>
  problem.given !== undefined && problem.potential.network.units <= mostUnits && harmonic(problem)
/** Whether visible units act on one another, be it through hidden ones. */
const coupled = ({ potential }: Problem) =>
  potential.network.units > 1 && potential.terms.some(({ support, size }) => support !== 'unit' && size > 0)

/** What each check asks of a scenario: whether it is met, and in words. */
const needs: Record<CheckName, readonly (readonly [met: (problem: Problem) => boolean, words: string])[]> = {
  'first-law': [[energies, 'observe: [work, heat]']],
  'heat-integral': [
    [energies, 'observe: [work, heat]'],
    [harmonic, 'a harmonic potential (stiffness, bias, bilinear)'],
  ],
  'gaussian-moments': [
    [
      smallHarmonic,
      `a plain simulation of at most ${mostUnits} units in a harmonic potential (stiffness, bias, bilinear)`,
    ],
  ],
  autocorrelation: [
    [
      smallHarmonic,
      `a plain simulation of at most ${mostUnits} units in a harmonic potential (stiffness, bias, bilinear)`,
    ],
    [({ scenario }) => scenario.initial?.kind === 'gaussian', 'initial: { kind: gaussian }'],
  ],
  'boltzmann-moments': [
    [
      (problem) => problem.given?.scheduled.length === 0 && !coupled(problem),
      'a plain simulation without couplings or schedules',
    ],
  ],
  'exact-score': [[({ data }) => data?.source === 'gaussian-mixture', 'data.source gaussian-mixture']],
}

/**
 * Makes sure, before anything runs, that every check the scenario names applies to it.
 *
 * @throws E_INVALID_VALUE saying what the check needs
 */
export function requireApplicableChecks(problem: Problem): void {
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
