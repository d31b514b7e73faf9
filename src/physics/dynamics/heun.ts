import { arrays } from '../network/states.js'
import type { Integrator } from './integrator.js'

/**
 * Stochastic Heun: an Euler–Maruyama step to look ahead, then one with the mean of both forces and the same kick,
 *
 *     x̃ = x + μ F(x) dt + ξ,   x' = x + μ dt (F(x) + F(x̃))/2 + ξ,   ξ = sqrt(2 μ kT dt) R
 *
 * Strong order 1, weak order 2 for additive noise; the invariant measure is off by O(dt²).
 * Source: Kloeden & Platen (1992), §15.1.
 *
 * Cost: two forces a step.
 */
export const heun: Integrator = {
  name: 'heun',
  dynamical: true,
  mobilities: true,
  harmonic: false,
  start({ drive, bath, batch, normals: draw }) {
    const { units } = drive
    const [normals, ahead, forceAhead] = arrays(3, units * batch)
    const mobilityOf = (unit: number) => bath.mobility * (drive.mobility?.[unit] ?? 1)
    return ({ step, dt, kT, x, force }, next) => {
      draw(step, normals)
      for (let i = 0; i < units; i++) {
        const drift = mobilityOf(i) * dt
        const kick = Math.sqrt(2 * mobilityOf(i) * kT * dt)
        for (let n = i * batch; n < (i + 1) * batch; n++) ahead[n] = x[n]! + drift * force[n]! + kick * normals[n]!
      }
      drive.evaluate(ahead, batch, forceAhead, null)
      for (let i = 0; i < units; i++) {
        const drift = mobilityOf(i) * dt
        const kick = Math.sqrt(2 * mobilityOf(i) * kT * dt)
        for (let n = i * batch; n < (i + 1) * batch; n++)
          next[n] = x[n]! + (drift / 2) * (force[n]! + forceAhead[n]!) + kick * normals[n]!
      }
    }
  },
}
