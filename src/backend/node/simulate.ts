import { OverdampedError } from '../../errors.js'
import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import type { Hooks } from '../hooks.js'
import { createReference } from '../reference.js'
import { simulationOf } from '../simulation.js'
import { type BackendRequest, openBackend } from './open.js'

/**
 * Runs an ensemble of trajectories of a driven network on the fastest backend that can, or on the one asked for.
 *
 * @param simulation - what is left out: see simulationOf
 * @returns first and last states of every trajectory
 * @throws StoppedError when `signal` stopped it; E_DIVERGED naming step, trajectory and a step length that would hold;
 *   E_BACKEND as openBackend does; E_PRECISION where float32 does not suffice and it can't run again in float64: a backend was
 *   named, or observers have seen it
 *
 * Cost: O(steps·trajectories·edges).
 */
export async function simulate(
  simulation: Parameters<typeof simulationOf>[0],
  options: BackendRequest & Hooks = {},
): Promise<Ensemble> {
  const whole = simulationOf(simulation)
  const { potential, integrator } = whole
  const { backend } = await openBackend(options, [{ potential, rule: null, integrator }], options)
  try {
    return await backend.simulate(whole, options)
  } catch (error) {
    // What observers saw cannot be taken back.
    const mayRepeat =
      (options.backend ?? 'auto') === 'auto' && backend.name !== 'reference' && whole.observers.length === 0
    if (!(mayRepeat && error instanceof OverdampedError && error.code === 'E_PRECISION')) throw error
    options.onNote?.(`backend reference in place of ${backend.name}: ${error.text}`)
    for (const values of Object.values(whole.workAndHeat ?? {})) values.fill(0)
    return createReference().simulate(whole, options)
  } finally {
    await backend.close()
  }
}
