import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import type { Integrator } from './integrator.js'

/**
 * Euler–Maruyama: one force and one kick,
 *
 *     x' = x + μ F(x) dt + sqrt(2 μ kT dt) R,   R ~ N(0, 1)
 *
 * Strong and weak order 1 (the noise is additive); stationary harmonic variance (kT/k)/(1 - μkh/2); stable for μkh < 2.
 * Units may have mobilities of their own.
 * Source: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992), ch. 10.
 *
 * Cost: one force a step.
 */
export const eulerMaruyama: Integrator = {
  name: 'euler-maruyama',
  dynamical: true,
  mobilities: true,
  harmonic: false,
  start({ drive: { units, mobility: relative }, bath, batch, seed, first }) {
    const normals = new Float64Array(units * batch)
    return ({ step, dt, kT, x, force }, next) => {
      fillNormals(seed, stream.dynamics, step, units, first, batch, normals)
      for (let i = 0; i < units; i++) {
        const mobility = bath.mobility * (relative?.[i] ?? 1)
        const drift = mobility * dt
        const kick = Math.sqrt(2 * mobility * kT * dt)
        for (let n = i * batch; n < (i + 1) * batch; n++) next[n] = x[n]! + drift * force[n]! + kick * normals[n]!
      }
    }
  },
}
