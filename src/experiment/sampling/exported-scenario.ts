import type { PhysicalScales } from '../../physics/protocol/scales.js'
import type { ScenarioInput } from '../scenario/schema.js'
import type { Problem } from '../system/problem.js'

/**
 * The scenario that an exported schedule runs as: the same units and potential from the same start on the same random numbers, in
 * steps from each time of the file to the next; null where a plain simulation has no such network (label units, which data clamp,
 * and twins of hidden units) or start (samples that are drawn given images).
 *
 * @param file - the schedule; `device`: whose SI units it is in, null for those of the scenario
 * @param duration - of the schedule, in units of the scenario
 */
export function scenarioOfSchedule(
  { scenario, potential, generation, conditions, noising, bath, given }: Problem,
  file: string,
  duration: number,
  device: PhysicalScales | null,
): ScenarioInput | null {
  const { name, seed, network, initial, sampling } = scenario
  if (potential.network.labels > 0 || generation.potential.size !== potential.size || conditions !== undefined)
    return null
  const schedule = { file, steps: 'file', ...(device === null ? {} : { device }) } as const
  const said = {
    name: `${name.slice(0, 90)}-schedule`,
    about: `The parameters of ${name} over time, from a file.`,
    ...{ seed, network, potential: scenario.potential, bath: scenario.bath },
    noising: { stiffness: noising.stiffness },
    protocol: { duration, schedule },
  }
  const { trajectories, batch, integrator } = sampling
  const drawn = { sampling: { trajectories, batch, integrator }, record: scenario.record }
  if (given !== undefined)
    return {
      ...{ ...said, ...drawn, initial: initial! },
      ...{ firstPassage: scenario.firstPassage, finalDensity: scenario.finalDensity, observe: scenario.observe },
    }
  // Generation begins in the equilibrium of the noising trap.
  const start = { kind: 'gaussian', mean: 0, variance: bath.kT / noising.stiffness } as const
  return { ...said, ...drawn, initial: start, observe: ['work', 'heat', 'trajectories'] }
}
