import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { moveBy, moves } from '../../learning/objectives/moves.js'
import { startWalkers } from '../../learning/objectives/walkers.js'
import { barCheck } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { wellWeights } from './figures.js'
import { learningStudy } from './learning.js'
import { requireNormaliser, type StudyProblem } from './problem.js'

type Problem = StudyProblem<SettingsOf<'contrastive-divergence'>>

/** How far from its first value CD leaves a weight that its short runs know nothing of. */
const stayBar = 0.05

/** @throws E_INVALID_VALUE where persistent chains have no equilibrium to start from */
export function requireChains(problem: Problem): void {
  if (problem.settings.arms.includes('persistent')) requireNormaliser(problem, problem.start, 'objective.start')
}

/**
 * Learns with short runs from the data, and with persistent chains that started in equilibrium at the first parameters. As a
 * control (wells that nothing crosses between) both must miss the weights: short runs keep the first ones, and persistent
 * chains drift.
 */
export const contrastiveDivergenceStudy = learningStudy((problem: Problem) => {
  const { potential, start, bath } = problem
  const { arms, walkers, kernel: kind, step, steps, control, batch } = problem.settings
  const first = wellWeights(problem, start)?.at(-1)
  return arms.map((name) => ({
    name,
    expected: control ? 'fails' : 'succeeds',
    begin({ landscape, data, states, seed }) {
      const options = { move: moveBy(moves[kind], landscape, step), steps, seed, data }
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
})
