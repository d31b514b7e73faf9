import type { TrainingTask } from '../../learning/training/task.js'
import type { LearningData, Problem } from '../system/problem.js'

/** What a scenario trains, and on what. */
export function trainingTask(problem: Problem, { states }: LearningData): TrainingTask {
  const { potential, noising, drive, scenario, hiddenTemperature } = problem
  return { potential, noising, drive, seed: scenario.seed, data: states, hiddenTemperature }
}
