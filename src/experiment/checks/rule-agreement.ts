import type { Hooks } from '../../backend/hooks.js'
import { createReference } from '../../backend/reference.js'
import { type RuleName, trainedDrive } from '../../learning/rules/rules.js'
import { learningSummary, type MetricLine } from '../../learning/training/losses.js'
import { createTrainingState, train } from '../../learning/training/train.js'
import { type Check, identityCheck } from '../../physics/observe/check.js'
import type { LearningData, Problem } from '../system/problem.js'
import { startOfLearning } from '../system/system.js'
import { trainingTask } from '../training/task.js'

/** Largest excess of a rule's held-out loss over the oracle's, relative to it. */
const agreement = 0.02

/**
 * The checks `rule-agreement: …` of `learning.compare`: each rule trains the scenario's network from the start, in float64, and
 * the mean of its held-out losses over the knots is compared with that of least squares. A rule that can't train the scenario's
 * drive trains its own: the loss is that of the score, and both drives represent the same ones.
 *
 * @throws StoppedError when `signal` stopped it
 *
 * Cost: one training for each rule, and one oracle.
 */
export async function ruleAgreement(problem: Problem, data: LearningData, hooks: Hooks): Promise<Check[]> {
  const { learning, sampling } = problem.scenario
  const names = learning?.compare ?? []
  if (names.length === 0) return []
  const losses: number[] = []
  for (const name of ['least-squares', ...names] as const) {
    const drive = trainedDrive(name, sampling.drive)
    hooks.onNote?.(`rule agreement: ${name}, drive ${drive}`)
    const loss = await heldOutLoss({ ...problem, drive }, data, name, hooks)
    losses.push(loss)
  }
  const [oracle, ...others] = losses as [number, ...number[]]
  return names.map((name, n) => identityCheck(`rule-agreement: ${name}`, others[n]!, oracle, agreement * oracle))
}

/** Mean held-out loss over the knots after training by a rule. */
async function heldOutLoss(
  problem: Problem,
  data: LearningData,
  rule: RuleName | 'least-squares',
  hooks: Hooks,
): Promise<number> {
  const { scenario } = problem
  const lines: MetricLine[] = []
  const state = createTrainingState(startOfLearning(problem))
  const learning = { ...scenario.learning!, rule, oracle: false }
  await train(trainingTask(problem, data), learning, state, createReference(), {
    ...hooks,
    record: (line) => lines.push(line),
  })
  return learningSummary(lines).heldOutLoss
}
