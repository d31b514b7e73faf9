import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { moveBy, moves } from '../../learning/objectives/moves.js'
import { startWalkers } from '../../learning/objectives/walkers.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { barCheck } from '../../physics/observe/check.js'
import { requireConditionals } from '../../physics/potential/conditionals.js'
import { machineParameters } from '../../physics/potential/machine-parameters.js'
import type { SettingsOf } from '../scenario/objective.js'
import { wellWeights } from './figures.js'
import { type LearningArm, learningStudy } from './learning.js'
import { isMachine, machineCourse } from './machine.js'
import { chainArm } from './machine-arms.js'
import { requireNormaliser, type StudyProblem } from './problem.js'
import type { RunStudy } from './study.js'

type Settings = SettingsOf<'contrastive-divergence'>
type Problem = StudyProblem<Settings>

/** How far from its first value CD leaves a weight that its short runs know nothing of. */
const stayBar = 0.05

/** @throws E_INVALID_VALUE for units with states that are no machine, or where chains can't be moved or have no equilibrium to start from */
export function requireChains(problem: Problem): void {
  const { potential, settings, start } = problem
  if (isMachine(problem)) {
    machineParameters(potential)
    return
  }
  if (settings.kernel === 'gibbs') requireConditionals(potential, 'objective.kernel')
  if (settings.arms.includes('persistent')) requireNormaliser(problem, start, 'objective.start')
}

/**
 * Learns with short runs from the data, and with persistent chains that started in equilibrium at the first parameters. As a
 * control (wells that nothing crosses between) both must miss the weights: short runs keep the first ones, and persistent
 * chains drift.
 */
export const contrastiveDivergenceStudy: RunStudy<Settings> = (problem, ...rest) =>
  isMachine(problem)
    ? learningStudy((own: Problem) => own.settings.arms.map((name) => chainArm(own, name)), machineCourse)(
        problem,
        ...rest,
      )
    : learningStudy(armsOf)(problem, ...rest)

function armsOf(problem: Problem): LearningArm[] {
  const { potential, start, bath } = problem
  const { arms, walkers, kernel: kind, step, steps, control, batch } = problem.settings
  const first = wellWeights(problem, start)?.at(-1)
  return arms.map((name) => ({
    name,
    expected: control ? 'fails' : 'succeeds',
    begin({ landscape, data, states, seed }) {
      const options = { move: moveBy({ ...moves, gibbs }[kind], landscape, step), steps, seed, data }
      if (name === 'persistent') {
        const chains = startWalkers(potential, start, bath, walkers, seed)
        return { objective: chainObjective({ ...options, chains }), walkers, samples: () => chains }
      }
      return {
        objective: chainObjective(options),
        walkers: Math.min(batch ?? states.batch, states.batch),
        checks: (theta) =>
          control && first !== undefined
            ? [barCheck(`weight stays at its start, ${name}`, wellWeights(problem, theta)!.at(-1)!, first, stayBar)]
            : [],
      }
    },
  }))
}
