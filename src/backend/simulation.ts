import type { OverdampedError } from '../errors.js'
import { divergedError } from '../physics/dynamics/divergence.js'
import { driveNetwork } from '../physics/dynamics/drive.js'
import { gaussianStart } from '../physics/dynamics/ensemble.js'
import { defaultIntegrator } from '../physics/dynamics/integrators.js'
import { type BathOptions, bathOf } from '../physics/protocol/bath.js'
import type { Simulation } from './backend.js'

/** What is simulated; all but the first three may be left out, or undefined (see simulationOf). */
export type SimulationOptions = Pick<Simulation, 'potential' | 'protocol' | 'trajectories'> & {
  readonly [Key in keyof Omit<Simulation, 'potential' | 'protocol' | 'trajectories' | 'bath'>]?:
    | Simulation[Key]
    | undefined
} & {
  /** kT = mobility = 1 where absent */
  readonly bath?: BathOptions | undefined
}

/**
 * A simulation with what was left out filled in: kT = mobility = 1, from the origin, seed 1, Euler–Maruyama, batches of 256,
 * nothing measured.
 */
export function simulationOf({
  bath = {},
  start = gaussianStart(1, 0, 0),
  seed = 1,
  batch = 256,
  integrator = defaultIntegrator,
  workAndHeat = null,
  observers = [],
  limit,
  span,
  ...given
}: SimulationOptions): Simulation {
  const whole = { ...given, bath: bathOf(bath), start, seed, batch, integrator, workAndHeat, observers }
  return { ...whole, ...(limit === undefined ? {} : { limit }), ...(span && { span }) }
}

/** The number that a trajectory of a simulation has in the ensemble: that of its noise and of its start. */
export function numberIn({ span }: Pick<Simulation, 'span'>, trajectory: number): number {
  return (span?.first ?? 0) + trajectory
}

/** The error for a trajectory that ran away at a step, with a step length that would hold; see divergedError. */
export function runawayError(simulation: Simulation, step: number, trajectory: number): OverdampedError {
  const { potential, protocol, bath, start } = simulation
  const number = numberIn(simulation, trajectory)
  const drive = driveNetwork(potential, protocol)
  drive.jump(step)
  const began = new Float64Array(potential.network.units)
  start(began, number, 1)
  return divergedError(drive, bath, began, step, number, 0, simulation.limit)
}
