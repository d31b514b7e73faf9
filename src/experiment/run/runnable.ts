import { requireApplicable } from '../checks/check-needs.js'
import { tableInWords } from '../files/table.js'
import type { Scenario } from '../scenario/schema.js'
import { prepareStudy } from '../study/studies.js'
import { createProblem } from '../system/problem.js'

/**
 * Builds what a scenario names and makes sure that all of it applies, without running anything.
 *
 * @returns its size in words
 * @throws OverdampedError for anything that `run` would refuse before it begins
 */
export function requireRunnable(scenario: Scenario): string {
  if (scenario.objective !== undefined) {
    const { potential, seeds } = prepareStudy(scenario)
    const { units, edges } = potential.network
    return `${units} units, ${edges.count} couplings, ${potential.size} parameters; ${seeds.length} repetitions`
  }
  const problem = createProblem(scenario)
  requireApplicable(problem)
  const { potential, data, noising } = problem
  const { units, edges } = potential.network
  const parts = [`${units} units, ${edges.count} couplings, ${potential.size} parameters`]
  if (data?.source === 'array') parts.push(tableInWords(data.table))
  if (data !== undefined)
    parts.push(`${data.train.count} training and ${data.heldOut.count} held-out states, ${noising.knots.length} knots`)
  parts.push(`${scenario.sampling.trajectories} trajectories`)
  return parts.join('; ')
}
