import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import type { Hooks } from '../hooks.js'
import { simulationOf } from '../simulation.js'
import { type BackendRequest, openBackend } from './open.js'

/**
 * Runs an ensemble of trajectories of a driven network on the fastest backend that can, or on the one asked for.
 *
 * @param simulation - what is left out: see simulationOf
 * @returns first and last states of every trajectory
 * @throws StoppedError when `signal` stopped it; E_DIVERGED naming step, trajectory and a step length that would hold;
 *   E_BACKEND as openBackend does
 *
 * Cost: O(steps·trajectories·edges).
 */
export async function simulate(
  simulation: Parameters<typeof simulationOf>[0],
  options: BackendRequest & Hooks = {},
): Promise<Ensemble> {
  const whole = simulationOf(simulation)
  const { potential, integrator } = whole
  const { backend } = await openBackend(options, [{ potential, rule: null, integrator }])
  try {
    return await backend.simulate(whole, options)
  } finally {
    await backend.close()
  }
}
