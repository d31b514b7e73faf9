import { arrays, type States } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniform } from '../../physics/noise/uniform.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { addHeat, type Landscape } from './landscape.js'

/** Moves states in the fixed landscape U(·; θ), in place; `step` keys its noise and must not repeat within a seed. */
export type Move = (theta: Float64Array, states: States, seed: number, step: number) => void

/**
 * Unadjusted Langevin: one Euler–Maruyama step of length h,
 *
 *     x' = x + μ h F(x; θ) + sqrt(2 μ kT h) ξ
 *
 * Its equilibrium is off by O(h). It has a heat Q = U(x) - U(x'), which is added to the landscape's cost.
 *
 * Cost: one force. (Heat is a measurement, and its energies are not counted.)
 */
export function langevin(landscape: Landscape, h: number): Move {
  const { bath, potential } = landscape
  const kick = Math.sqrt(2 * bath.mobility * bath.kT * h)
  return (theta, { x, batch }, seed, step) => {
    const [force, normals] = arrays(2, x.length)
    const [before, after] = arrays(2, batch)
    fillNormals(seed, stream.dynamics, step, landscape.units, 0, batch, normals)
    forceAndEnergy(potential, theta, x, batch, null, before)
    landscape.evaluate(theta, x, batch, force, null)
    for (let n = 0; n < x.length; n++) x[n]! += bath.mobility * h * force[n]! + kick * normals[n]!
    forceAndEnergy(potential, theta, x, batch, null, after)
    addHeat(landscape, before, after)
  }
}

/**
 * Metropolis-adjusted Langevin: the step above as a proposal y, taken with probability
 * min(1, e^(-(U(y) - U(x))/kT) q(x|y)/q(y|x)). It leaves e^(-U/kT) invariant at any h. The energy
 * of a move that is taken goes to the bath as heat.
 *
 * Cost: two forces and two energies.
 * Source: Roberts & Tweedie, Bernoulli 2, 341 (1996), §1.4.
 */
export function metropolisLangevin(landscape: Landscape, h: number): Move {
  const { mobility, kT } = landscape.bath
  const kick = Math.sqrt(2 * mobility * kT * h)
  return (theta, { x, batch }, seed, step) => {
    const [force, forceThere, next, normals] = arrays(4, x.length)
    const [here, there, uniform] = arrays(3, batch)
    fillNormals(seed, stream.dynamics, step, landscape.units, 0, batch, normals)
    fillUniform({ seed, stream: stream.acceptance, step }, uniform)
    landscape.evaluate(theta, x, batch, force, here)
    for (let n = 0; n < x.length; n++) next[n] = x[n]! + mobility * h * force[n]! + kick * normals[n]!
    landscape.evaluate(theta, next, batch, forceThere, there)
    for (let b = 0; b < batch; b++) {
      let exponent = (here[b]! - there[b]!) / kT
      for (let n = b; n < x.length; n += batch) {
        const back = x[n]! - next[n]! - mobility * h * forceThere[n]!
        exponent += (normals[n]! ** 2 - (back / kick) ** 2) / 2
      }
      // A proposal that is not finite is refused too: its exponent is not greater than anything.
      if (Math.log(uniform[b]! + 2 ** -33) < exponent) for (let n = b; n < x.length; n += batch) x[n] = next[n]!
      else there[b] = here[b]!
    }
    addHeat(landscape, here, there)
  }
}

/** Moves that need nothing but a step length, by name. */
export const moves = { langevin, mala: metropolisLangevin } as const
