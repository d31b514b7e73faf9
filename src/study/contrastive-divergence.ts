import { contrastiveDivergence } from '../objective/contrastive-divergence.js'
import { langevin } from '../objective/kernels.js'
import type { SettingsOf } from '../scenario/objective.js'
import { startWalkers } from './jarzynski.js'
import { type LearningArm, learningStudy } from './learning.js'
import type { StudyProblem } from './problem.js'
import type { Study, StudyHooks } from './study.js'

/** Learns with short runs from the data, and with persistent chains that started in equilibrium at the first parameters. */
export function contrastiveDivergenceStudy(
  problem: StudyProblem<SettingsOf<'contrastive-divergence'>>,
  hooks: StudyHooks,
): Promise<Study> {
  const { arms, walkers, step, steps } = problem.settings
  return learningStudy(
    problem,
    arms.map(
      (name): LearningArm => ({
        name,
        expected: 'succeeds',
        begin({ landscape, data, seed }) {
          const kernel = langevin(landscape, step)
          const options = { kernel, steps, seed, data }
          if (name === 'short-run') return { objective: contrastiveDivergence(options) }
          const chains = startWalkers(problem, walkers, seed)
          return { objective: contrastiveDivergence({ ...options, chains }), samples: () => chains }
        },
      }),
    ),
    hooks,
  )
}
