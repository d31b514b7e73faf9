import { type Ensemble, gaussianStart } from '../physics/dynamics/ensemble.js'
import { defaultIntegrator } from '../physics/dynamics/integrators.js'
import { defaultBath } from '../physics/protocol/bath.js'
import type { Simulation } from './backend.js'
import { type BackendRequest, openBackend } from './choose.js'
import type { Hooks } from './hooks.js'

/**
 * Runs an ensemble of trajectories of a driven network on the fastest backend that can, or on the one asked for.
 *
 * @param simulation - what is left out: kT = mobility = 1, from the origin, seed 1, Euler–Maruyama, nothing measured
 * @returns first and last states of every trajectory; null when `signal` stopped it
 * @throws E_DIVERGED naming step, trajectory and a step length that would hold; E_BACKEND as openBackend does
 *
 * Cost: O(steps·trajectories·edges).
 */
export async function simulate(
  simulation: Pick<Simulation, 'potential' | 'protocol' | 'trajectories'> & Partial<Simulation>,
  options: BackendRequest & Hooks = {},
): Promise<Ensemble | null> {
  const whole: Simulation = {
    bath: defaultBath,
    start: gaussianStart(1, 0, 0),
    seed: 1,
    batch: 256,
    integrator: defaultIntegrator,
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
