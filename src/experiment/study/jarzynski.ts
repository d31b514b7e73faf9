import { chainObjective } from '../../learning/objectives/contrastive-divergence.js'
import {
  jarzynskiObjective,
  minibatch,
  type WeightedMove,
  weightedLangevin,
} from '../../learning/objectives/jarzynski.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { moveBy } from '../../learning/objectives/moves.js'
import { logPartitionRatio, startWalkers, unweighted } from '../../learning/objectives/walkers.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { effectiveSampleSize } from '../../physics/observe/log-weights.js'
import { requireConditionals } from '../../physics/potential/conditionals.js'
import { machineParameters } from '../../physics/potential/machine-parameters.js'
import { logPartition } from '../../physics/truth/partition.js'
import type { SettingsOf } from '../scenario/objective.js'
import { moveOf, rampEnd, rampStudy } from './jarzynski-ramp.js'
import { type LearningArm, learningStudy } from './learning.js'
import { isMachine, machineCourse } from './machine.js'
import { weightedArm } from './machine-arms.js'
import { requireNormaliser, type StudyProblem } from './problem.js'
import type { RunStudy } from './study.js'

type Settings = SettingsOf<'jarzynski'>

/** Learns with reweighted walkers, move by move, beside the same walkers without weights; or weighs a given ramp. */
export const jarzynskiStudy: RunStudy<Settings> = (problem, ...rest) => {
  if (problem.settings.ramp !== undefined) return rampStudy(problem, ...rest)
  return (isMachine(problem) ? learningStudy(machineArms, machineCourse) : learningStudy(armsOf))(problem, ...rest)
}

function machineArms(problem: StudyProblem<Settings>): LearningArm[] {
  return [weightedArm(problem, 'gibbs'), weightedArm(problem, 'minibatch', problem.settings.moved)]
}

function armsOf({ settings, potential, bath, start }: StudyProblem<Settings>): LearningArm[] {
  const { kernels: names, walkers: count, moved, resampling, control } = settings
  const h = settings.step[0]!
  const first = logPartition(potential, start, bath)!
  const weighted = (name: string, move: (landscape: Landscape) => WeightedMove): LearningArm => ({
    name,
    expected: 'succeeds',
    begin({ landscape, data, seed }) {
      const walkers = startWalkers(potential, start, bath, count, seed)
      const effectiveShare = () => effectiveSampleSize(walkers.logWeights) / count
      return {
        objective: jarzynskiObjective({ walkers, move: move(landscape), resampling, seed, data }),
        walkers: count,
        effectiveShare,
        figures: () => ({ effectiveSampleShare: effectiveShare(), logPartitionRatio: logPartitionRatio(walkers) }),
        ends: (theta) => ({ exactLogPartitionRatio: logPartition(potential, theta, bath)! - first }),
        samples: () => unweighted(walkers, seed),
      }
    },
  })
  const uncorrected: LearningArm = {
    name: 'uncorrected',
    expected: 'fails',
    begin({ landscape, data, seed }) {
      const chains = startWalkers(potential, start, bath, count, seed)
      const objective = chainObjective({ move: moveBy(eulerMaruyama, landscape, h), steps: 1, seed, data, chains })
      return { objective, walkers: count, samples: () => chains }
    },
  }
  return [
    ...names.map((name) => weighted(name, (landscape) => moveOf(name)(landscape, h))),
    weighted('minibatch', (landscape) => minibatch(landscape, weightedLangevin(landscape, h), moved)),
    ...(control ? [uncorrected] : []),
  ]
}

/**
 * Walkers start as exact samples, those of a machine without its couplings, a ramp is weighed against exact normalisers, and Gibbs draws from the laws of units given
 * all others.
 *
 * @throws E_INVALID_VALUE where one of these is not known, or units with states are no machine
 */
export function requireJarzynski(problem: StudyProblem<Settings>): void {
  const { potential, start, settings } = problem
  if (isMachine(problem)) {
    machineParameters(potential)
    return
  }
  if (settings.kernels.includes('gibbs')) requireConditionals(potential)
  requireNormaliser(problem, start, 'objective.start')
  if (settings.ramp !== undefined) requireNormaliser(problem, rampEnd(problem), 'objective.ramp.to')
}
