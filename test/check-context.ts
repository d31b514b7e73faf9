import type { CheckContext } from '../src/experiment/checks/run-check.js'
import { simulationProtocol } from '../src/experiment/sampling/simulation.js'
import { parseScenario } from '../src/experiment/scenario/load.js'
import { createProblem } from '../src/experiment/system/problem.js'

/** What checks are told of a plain simulation's scenario, without its name, and of what is given as observed. */
export async function contextOf(text: string, more: object): Promise<CheckContext> {
  const problem = createProblem(await parseScenario(`name: checked\n${text}`, 'checked.yaml'))
  const measured = { protocol: simulationProtocol(problem), roundoff: 2 ** -53, energyScale: 1, ...more }
  return { problem, ...measured } as unknown as CheckContext
}
