import { imperfectApparatus } from '../../learning/hardware/apparatus.js'
import { learnsIdeally } from '../../learning/hardware/hardware.js'
import type { TrainingTask } from '../../learning/training/task.js'
import type { LearningData, Problem } from '../system/problem.js'

/** What a scenario trains, and on what. */
export function trainingTask(problem: Problem, { states }: LearningData): TrainingTask {
  const { potential, model = potential, noising, drive, scenario, hiddenTemperature, hardware } = problem
  const task = { potential: model, noising, drive, seed: scenario.seed, data: states, hiddenTemperature }
  if (hardware === undefined || !learnsImperfectly(problem)) return task
  return { ...task, apparatus: imperfectApparatus(hardware, potential, noising) }
}

/** Whether what is learned from is measured on a device of which something is off. */
export function learnsImperfectly({ hardware }: Pick<Problem, 'hardware'>): boolean {
  return hardware !== undefined && hardware.training === 'in-loop' && !learnsIdeally(hardware)
}
