import { invalidValue } from '../../errors.js'
import { createLandscape } from '../../learning/objectives/landscape.js'
import { moveBy } from '../../learning/objectives/moves.js'
import { uncoupledWalkers } from '../../learning/objectives/uncoupled-walkers.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { columnsOf, rowsOf, type States, thinned } from '../../physics/network/states.js'
import { type ExplicitMachine, explicitMachine } from '../../physics/potential/explicit-machine.js'
import { isSummable } from '../../physics/truth/restricted-boltzmann.js'
import type { Judge } from './judged-laws.js'
import { machineLikelihood } from './machine-likelihood.js'
import { drawData, type StudyProblem } from './problem.js'

/** Held-out images that a model is judged on: their scatter of some nats leaves the mean to .1. */
const mostJudged = 1000
/** Independent states that are drawn of a model, and sweeps of block Gibbs on the way to them. */
const drawn = { states: 64, sweeps: 500 }

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
      judged ??= columnsOf(thinned(rowsOf(drawData(problem, seed, 1)), mostJudged))
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
    samples: (theta, seed) => annealedStates(problem, machine, machine.thetaOf(theta), seed),
  }
}

/**
 * Independent states of the visible units: couplings are turned on in equal steps, with a sweep of block Gibbs in each, so that every state
 * comes from an uncoupled one.
 */
function annealedStates(
  { bath }: MachineProblem,
  { potential, parameters }: ExplicitMachine,
  theta: Float64Array,
  seed: number,
): States {
  const { walkers, theta: from } = uncoupledWalkers(parameters, theta, bath, drawn.states, seed)
  const move = moveBy(gibbs, createLandscape(potential, bath), 1)
  for (let n = 1; n <= drawn.sweeps; n++)
    move(
      theta.map((value, a) => from[a]! + (n / drawn.sweeps) * (value - from[a]!)),
      walkers,
      seed,
      n,
    )
  return { x: walkers.x.slice(0, parameters.layers.units * drawn.states), batch: drawn.states }
}
