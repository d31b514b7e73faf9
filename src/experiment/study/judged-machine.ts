import { invalidValue } from '../../errors.js'
import type { States } from '../../physics/network/states.js'
import { explicitMachine } from '../../physics/potential/explicit-machine.js'
import { isSummable } from '../../physics/truth/restricted-boltzmann.js'
import type { Judge } from './judged-laws.js'
import { machineLikelihood } from './machine-likelihood.js'
import { annealedStates, heldOutStates } from './machine-states.js'
import type { StudyProblem } from './problem.js'

type MachineProblem = StudyProblem & {
  readonly settings: {
    readonly bar?: number | undefined
    readonly annealing?: { readonly walkers: number; readonly steps: number } | undefined
  }
}

/**
 * Judges restricted Boltzmann machines by images that were held out: their pseudo-likelihood, and at the end their likelihood,
 * with an exact log Z or an annealed one.
 *
 * @throws E_INVALID_VALUE where the potential is no such machine, or has a bar and no log Z
 */
export function machineJudge(problem: MachineProblem): Judge {
  const { potential, bath, settings } = problem
  const machine = explicitMachine(potential)
  const { units, hidden } = machine.parameters.layers
  const isExact = isSummable(machine.parameters)
  if (settings.bar !== undefined && settings.annealing === undefined && !isExact)
    throw invalidValue(
      `log Z of ${units} and ${hidden} units is no sum that can be done; add objective.annealing, or remove the bar.`,
      'objective.bar',
    )
  const likelihood = (theta: Float64Array, judged: States, annealed: boolean, seed: number) => {
    const annealing = annealed && settings.annealing !== undefined ? { ...settings.annealing, always: false } : null
    return machineLikelihood(
      machine.potential,
      bath,
      machine.parameters,
      machine.thetaOf(theta),
      judged,
      annealing,
      seed,
    )
  }
  let judged: States | null = null
  return {
    leading: ['negativeLogLikelihood', 'logPseudoLikelihood'],
    measure: { figure: 'negativeLogLikelihood', name: 'negative log-likelihood' },
    figures(theta, seed, last) {
      judged ??= heldOutStates(problem, seed)
      const { logPartitionStandardError: error, ...figures } = likelihood(theta, judged, last, seed).figures
      return { ...figures, ...(Number.isFinite(error) ? { logPartitionStandardError: error! } : {}) }
    },
    checks: () => [],
    warnings: ({ negativeLogLikelihood, logPartitionStandardError }) =>
      isExact || negativeLogLikelihood === undefined || logPartitionStandardError !== undefined
        ? []
        : [
            'its log Z rests on a few of the annealed walkers, so that its error is not known. Give objective.annealing more steps.',
          ],
    samples: (theta, seed) => annealedStates(machine, bath, machine.thetaOf(theta), seed),
  }
}
