import { advance } from '../../physics/dynamics/advance.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { mala } from '../../physics/dynamics/mala.js'
import type { Noise } from '../../physics/dynamics/noise.js'
import { arrays, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import type { Arithmetic } from './arithmetic.js'
import { addHeat, type Landscape } from './landscape.js'

/**
 * Moves states in the fixed landscape U(·; θ), in place, by `steps` steps (1 when absent) from number `step` on, which keys their
 * noise and must not repeat within a seed.
 */
export type Move = (theta: Float64Array, states: States, seed: number, step: number, steps?: number) => void

/** Schemes that objectives move their states by, by the names of scenarios. */
export const moves = { langevin: eulerMaruyama, mala } as const satisfies Record<string, Integrator>

/**
 * The noise of chains, keyed by (seed, chain, step, unit).
 *
 * @param normalsFrom - the stream of their normals
 */
export function noiseOfChains(
  { normals }: Pick<Arithmetic, 'normals'>,
  seed: number,
  batch: number,
  normalsFrom: number = stream.dynamics,
): Noise {
  return {
    normals: (step, out) => normals({ seed, stream: normalsFrom, step }, out.length / batch, batch, out),
    uniforms: (step, out) => fillUniformStates({ seed, stream: stream.acceptance, step }, 1, 0, batch, out),
  }
}

/**
 * A step of length h by a scheme, in the network's bath. Its heat, Q = U(x) - U(x') or what the scheme says of it, is added to the
 * landscape's cost.
 *
 * Cost: that of the scheme, which the landscape counts. (Heat is a measurement, and energies that only it takes are not counted.)
 */
export function moveBy(scheme: Integrator, landscape: Landscape, h: number): Move {
  const { bath, cost, arithmetic } = landscape
  const give = (heat: Float64Array) => {
    cost.heat = (cost.heat ?? 0) + heat.reduce((sum, value) => sum + value, 0)
  }
  const stepOnce: Move = (theta, states, seed, step) => {
    const { x, batch } = states
    const surface = landscape.at(theta)
    const stay = { bath, dt: h, from: step, steps: 1, seed, ...noiseOfChains(arithmetic, seed, batch) }
    if (scheme.ownHeat === true) {
      const heat = new Float64Array(batch)
      advance(scheme, surface, states, { ...stay, heat })
      give(heat)
      return
    }
    const [before, after] = arrays(2, batch)
    arithmetic.forceAndEnergy(theta, x, batch, null, before)
    advance(scheme, surface, states, stay)
    arithmetic.forceAndEnergy(theta, x, batch, null, after)
    addHeat(landscape, before, after)
  }
  return (theta, states, seed, from, steps = 1) => {
    const heat = new Float64Array(states.batch)
    const walk = { scheme, bath, dt: h, from, steps, seed, stream: stream.dynamics, tether: null }
    if (landscape.walk(theta, states, walk, heat)) give(heat)
    else for (let step = from; step < from + steps; step++) stepOnce(theta, states, seed, step)
  }
}
