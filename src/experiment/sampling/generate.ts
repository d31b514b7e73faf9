import type { Hooks } from '../../backend/hooks.js'
import { integrate } from '../../backend/integrate.js'
import { drivenParameters } from '../../learning/hardware/specimen.js'
import type { Drive } from '../../physics/dynamics/drive.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import type { PointSet } from '../../physics/network/states.js'
import { following } from '../../physics/protocol/following.js'
import { generatingProtocol } from '../system/clock.js'
import type { Problem } from '../system/problem.js'
import type { ChosenProtocol } from './steps.js'

/** The protocol of a trained network, from T down to t_min. `knots`: learned parameters, [K + 1][parameters]. */
export function generationOf(problem: Problem, knots: readonly Float64Array[]): ChosenProtocol {
  const { scenario, hardware, generation } = problem
  const chosenBy = scenario.sampling.dt === undefined ? 'chosen by the noise of each slice' : 'by sampling.dt'
  const asked = generatingProtocol(problem, knots)
  const slew = hardware?.protocol.slew ?? null
  return { ...(slew === null ? asked : following(asked, slew, drivenParameters(generation.potential))), chosenBy }
}

/**
 * Final states of the scenario's trajectories in another landscape than its network's, from the same starts and with the same
 * noise.
 *
 * @returns null when `signal` stopped it
 */
export async function generatedIn(
  { scenario: { seed, sampling }, bath, noising }: Problem,
  drive: Drive,
  integrator: Integrator,
  hooks: Hooks,
): Promise<PointSet> {
  const start = gaussianStart(seed, 0, bath.kT / noising.stiffness)
  const nothing = { workAndHeat: null, observers: [] }
  return (await integrate(drive, bath, integrator, start, { seed, ...sampling }, nothing, hooks)).final
}
