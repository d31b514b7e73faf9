import { OverdampedError } from '../../errors.js'
import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import { type EnsembleFrame, type FramesOptions, framesOn } from '../frames.js'
import type { Hooks } from '../hooks.js'
import { createReference } from '../reference.js'
import type { SimulationHooks } from '../resume.js'
import { type SimulationOptions, simulationOf } from '../simulation.js'
import { type BackendRequest, openBackend } from './open.js'

/**
 * Runs an ensemble of trajectories of a driven network on the fastest backend that can, or on the one asked for:
 * `const { final } = await simulate({ potential, protocol, trajectories: 64 })`.
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
  simulation: SimulationOptions,
  options: BackendRequest & SimulationHooks = {},
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

/**
 * The states of an ensemble while it runs, on the fastest backend that can or on the one asked for:
 *
 *     for await (const { clock, points } of frames({ potential, protocol, trajectories: 500, every: 20 })) plot(clock, points)
 *
 * @param simulation - as for `simulate`, and `every` how many steps
 * @throws as framesOn and `simulate` do
 *
 * Cost: see framesOn.
 */
export function frames(
  simulation: FramesOptions,
  options: BackendRequest & Hooks = {},
): AsyncGenerator<EnsembleFrame, void, void> {
  return framesOn({ simulate: (whole, hooks) => simulate(whole, { ...options, ...hooks }) }, simulation, options)
}
