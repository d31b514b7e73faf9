import { type Ensemble, gaussianStart } from '../physics/dynamics/ensemble.js'
import type { Simulation } from './backend.js'
import type { Hooks } from './hooks.js'
import { type BackendRequest, openBackend } from './open.js'

/**
 * Runs an ensemble of trajectories of a driven network on the fastest backend that can, or on the one asked for.
 *
 * @param simulation - what is left out: kT = mobility = 1, from the origin, seed 1, Euler–Maruyama, nothing measured
 * @returns first and last states of every trajectory
 * @throws StoppedError when `signal` stopped it; E_DIVERGED naming step, trajectory and a step length that would hold;
 *   E_BACKEND as openBackend does
 *
 * Cost: O(steps·trajectories·edges).
 */
export async function simulate(
  simulation: Pick<Simulation, 'potential' | 'protocol' | 'trajectories'> & Partial<Simulation>,
  options: BackendRequest & Hooks = {},
): Promise<Ensemble> {
  const whole: Simulation = {
    bath: { kT: 1, mobility: 1 },
    start: gaussianStart(1, 0, 0),
    seed: 1,
    batch: 256,
    integrator: 'euler-maruyama',
    workAndHeat: null,
    observers: [],
    ...simulation,
  }
  const { potential, integrator } = whole
  const { backend } = await openBackend(options, [{ potential, rule: null, integrator }])
  try {
    return await backend.simulate(whole, options)
  } finally {
    await backend.close()
  }
}
