import { arrays } from '../network/states.js'
import type { Integrator } from './integrator.js'
import { reflection, unitSteps } from './unit-steps.js'

/**
 * Stochastic Heun: an Euler–Maruyama step to look ahead, then one with the mean of both forces and the same kick,
 *
 *     x̃ = x + μ F(x) dt + ξ,   x' = x + μ dt (F(x) + F(x̃))/2 + ξ,   ξ = sqrt(2 μ kT dt) R
 *
 * Strong order 1, weak order 2 for additive noise; the invariant measure is off by O(dt²). Units may have mobilities and temperatures of
 * their own and walls, where x̃ is reflected too, and active ones move exactly (see unitSteps, reflection).
 * Source: Kloeden & Platen (1992), §15.1.
 *
 * Cost: two forces a step.
 */
export const heun: Integrator = {
  name: 'heun',
  dynamical: true,
  mobilities: true,
  ownOfUnits: true,
  harmonic: false,
  start({ drive, bath, batch, normals: draw }) {
    const { units } = drive
    const [normals, ahead, forceAhead] = arrays(3, units * batch)
    const stepsOf = unitSteps(drive, bath)
    const reflect = reflection(drive.coordinates)
    return ({ step, dt, kT, x, force }, next) => {
      draw(step, normals)
      const of = stepsOf(dt, kT)
      for (let i = 0; i < units; i++) {
        const [decay, drift, kick] = [of.decay[i]!, of.drift[i]!, of.kick[i]!]
        for (let n = i * batch; n < (i + 1) * batch; n++)
          ahead[n] = decay * x[n]! + drift * force[n]! + kick * normals[n]!
      }
      reflect?.(ahead, batch)
      drive.evaluate(ahead, batch, forceAhead, null)
      for (let i = 0; i < units; i++) {
        const [decay, drift, kick] = [of.decay[i]!, of.drift[i]!, of.kick[i]!]
        for (let n = i * batch; n < (i + 1) * batch; n++)
          next[n] = decay * x[n]! + (drift / 2) * (force[n]! + forceAhead[n]!) + kick * normals[n]!
      }
      reflect?.(next, batch)
    }
  },
}
