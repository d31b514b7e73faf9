import { withMeanHidden } from '../../learning/objectives/clamped-data.js'
import { meansObjective } from '../../learning/objectives/objective.js'
import { randomMagnetisations, tapObjective } from '../../learning/objectives/tap.js'
import { machineParameters } from '../../physics/potential/machine-parameters.js'
import { restrictedEquilibrium } from '../../physics/truth/restricted-boltzmann.js'
import type { SettingsOf } from '../scenario/objective.js'
import { isPersistent, orderOf } from '../scenario/objectives/tap.js'
import { type LearningArm, learningStudy } from './learning.js'
import { machineCourse } from './machine.js'
import { chainArm, weightedArm } from './machine-arms.js'
import type { StudyProblem } from './problem.js'
import type { RunStudy } from './study.js'
import { ordersStudy } from './tap-orders.js'

type Settings = SettingsOf<'tap'>
type Problem = StudyProblem<Settings>
type ArmName = Settings['arms'][number]

/** Learns a machine in every way, judged by its likelihood; or measures the orders of the expansion on given machines. */
export const tapStudy: RunStudy<Settings> = (problem, seed, hooks) =>
  (problem.settings.orders === undefined ? learningStudy(armsOf, machineCourse) : ordersStudy)(problem, seed, hooks)

function armsOf(problem: Problem): LearningArm[] {
  return problem.settings.arms.map((name) => {
    if (name === 'short-run' || name === 'persistent') return chainArm(problem, name)
    return name === 'jarzynski' ? weightedArm(problem, name) : computedArm(problem, name)
  })
}

/** Means of the model that are computed: by a sum over the states of a layer, or by magnetisations. */
function computedArm(
  { potential, bath, settings }: Problem,
  name: Exclude<ArmName, 'short-run' | 'persistent' | 'jarzynski'>,
): LearningArm {
  const { walkers, sweeps, damping } = settings
  const parameters = machineParameters(potential)
  const order = orderOf(name)
  return {
    name,
    expected: 'succeeds',
    begin({ landscape, data, seed }) {
      const going = isPersistent(name) ? { persistent: randomMagnetisations(parameters.layers, walkers, seed) } : {}
      const relaxation = { sweeps, damping, tolerance: 0 }
      const means = (theta: Float64Array) =>
        parameters.statisticsOf(restrictedEquilibrium(parameters.at(theta, bath.kT)))
      const objective =
        order === null
          ? meansObjective({ name, data, means })
          : tapObjective({ parameters, landscape, order, relaxation, data, ...going })
      return { objective: withMeanHidden(objective, parameters, bath), walkers }
    },
  }
}
