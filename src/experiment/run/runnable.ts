import { requireApplicable } from '../checks/applicable.js'
import { stepsInWords } from '../files/steps.js'
import { tableInWords } from '../files/table.js'
import { generationOf } from '../sampling/generate.js'
import { simulationProtocol, stepWarnings } from '../sampling/simulation.js'
import { stepsOf, stepsWarnings } from '../sampling/steps.js'
import { inPlace } from '../scenario/places.js'
import type { Scenario } from '../scenario/schema.js'
import { prepareStudy } from '../study/studies.js'
import { createProblem } from '../system/problem.js'

/**
 * Builds what a scenario names and makes sure that all of it applies, without running anything.
 *
 * @returns its size, its time steps and what there is to be warned of in words, and the scenario with what is found from the data
 * @throws OverdampedError for anything that `run` would refuse before it begins
 */
export function requireRunnable(scenario: Scenario): Runnable {
  try {
    return built(scenario)
  } catch (error) {
    throw inPlace(scenario, error)
  }
}

/** What is to be said of a scenario that can be run. */
interface Runnable {
  readonly size: string
  readonly scenario: Scenario
}

function built(scenario: Scenario): Runnable {
  if (scenario.objective !== undefined) {
    const { potential, seeds } = prepareStudy(scenario)
    const { units, edges } = potential.network
    const size = `${sizeOf(units, edges.count, potential.size)}; ${counted(seeds.length, 'repetition')}`
    return { size, scenario }
  }
  const problem = createProblem(scenario)
  requireApplicable(problem)
  const { potential, data, noising } = problem
  const { units, edges } = potential.network
  const clocks = potential.groups.filter(({ clock }) => clock === true).length
  const parts = [sizeOf(units, edges.count, potential.size - clocks)]
  if (data?.source === 'array') parts.push(tableInWords(data.table))
  if (data !== undefined)
    parts.push(`${data.train.count} training and ${data.heldOut.count} held-out states, ${noising.knots.length} knots`)
  parts.push(counted(scenario.sampling.trajectories, 'trajectory', 'trajectories'))
  // The steps of generation are those of the noising, whatever the network learns.
  const unlearned = () =>
    generationOf(
      problem,
      noising.knots.map(() => new Float64Array(potential.size)),
    )
  // But for those of a clock that goes by what is learned.
  const isUnknown = scenario.sampling.clock === 'optimal'
  const protocol = isUnknown ? null : data === undefined ? simulationProtocol(problem) : unlearned()
  if (protocol !== null) parts.push(stepsInWords(stepsOf(protocol)))
  const told = protocol === null ? [] : stepsWarnings(protocol)
  const size = [parts.join('; '), ...told, ...stepWarnings(problem)].join('\nwarning: ')
  return { size, scenario: problem.scenario }
}

function sizeOf(units: number, couplings: number, parameters: number): string {
  return [counted(units, 'unit'), counted(couplings, 'coupling'), counted(parameters, 'parameter')].join(', ')
}

function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`
}
