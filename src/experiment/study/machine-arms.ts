import { withMeanHidden } from '../../learning/objectives/clamped-data.js'
import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import { jarzynskiObjective, minibatch, weightedByWork } from '../../learning/objectives/jarzynski.js'
import { moveBy } from '../../learning/objectives/moves.js'
import { uncoupledWalkers } from '../../learning/objectives/uncoupled-walkers.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { effectiveSampleSize } from '../../physics/observe/log-weights.js'
import { machineParameters } from '../../physics/potential/machine-parameters.js'
import type { LearningArm } from './learning.js'
import type { MachineProblem } from './machine.js'

/** Contrastive divergence of a machine by sweeps of block Gibbs: from the data, or of chains that go on from an uncoupled start. */
export function chainArm(
  { potential, bath, settings }: MachineProblem & { readonly settings: { readonly steps: number } },
  name: 'short-run' | 'persistent',
): LearningArm {
  const parameters = machineParameters(potential)
  const { walkers: count, steps, batch } = settings
  return {
    name,
    expected: 'succeeds',
    begin({ landscape, data, states, start, seed }) {
      const options = { move: moveBy(gibbs, landscape, 1), steps, seed, data }
      const objective =
        name === 'short-run'
          ? chainObjective(options)
          : chainObjective({ ...options, chains: uncoupledWalkers(parameters, start, bath, count, seed).walkers })
      return {
        objective: withMeanHidden(objective, parameters, bath),
        walkers: name === 'short-run' ? Math.min(batch ?? states.batch, states.batch) : count,
      }
    },
  }
}

/**
 * Weighted walkers that follow a machine from the uncoupled one, of which they are exact states.
 *
 * @param moved - share of the walkers that move in an iteration
 */
export function weightedArm(
  { potential, bath, settings }: MachineProblem & { readonly settings: { readonly resampling: number } },
  name: string,
  moved = 1,
): LearningArm {
  const parameters = machineParameters(potential)
  const { walkers: count, resampling, iterations } = settings
  return {
    name,
    expected: 'succeeds',
    begin({ landscape, data, start, seed }) {
      const { walkers, theta } = uncoupledWalkers(parameters, start, bath, count, seed)
      const all = weightedByWork(landscape, moveBy(gibbs, landscape, 1))
      // To the machine that learning starts with; numbered past its steps.
      all(walkers, theta, start, seed, iterations)
      const move = moved < 1 ? minibatch(landscape, all, moved) : all
      const effectiveShare = () => effectiveSampleSize(walkers.logWeights) / count
      return {
        objective: withMeanHidden(jarzynskiObjective({ walkers, move, resampling, seed, data }), parameters, bath),
        walkers: count,
        effectiveShare,
        figures: () => ({ effectiveSampleShare: effectiveShare() }),
      }
    },
  }
}
