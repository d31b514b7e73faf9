import { gaussianStart } from '../physics/dynamics/ensemble.js'
import type { Simulation } from './backend.js'

/**
 * A simulation with what was left out filled in: kT = mobility = 1, from the origin, seed 1, Euler–Maruyama, batches of 256,
 * nothing measured.
 */
export function simulationOf(
  given: Pick<Simulation, 'potential' | 'protocol' | 'trajectories'> & Partial<Simulation>,
): Simulation {
  return {
    bath: { kT: 1, mobility: 1 },
    start: gaussianStart(1, 0, 0),
    seed: 1,
    batch: 256,
    integrator: 'euler-maruyama',
    workAndHeat: null,
    observers: [],
    ...given,
  }
}
