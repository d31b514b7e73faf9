import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { flowKeeper } from './exact-ou.js'
import type { Integrator } from './integrator.js'

/**
 * Strang splitting: the harmonic part exactly, the rest as half a drift before and half a drift after,
 *
 *     x₁ = x + μ G(x) dt/2,   x₂ = OU_dt(x₁),   x' = x₂ + μ G(x₂) dt/2,   G = F - (f - Kx)
 *
 * Exact for harmonic landscapes and stable however stiff they are; weak order 2, the invariant measure off by O(dt²).
 * Source: Strang, SIAM J. Numer. Anal. 5, 506 (1968); Buckwar, Tamborrino, Tubikanec, J. Comput. Appl. Math. 373, 112 (2020)
 * for splitting around an Ornstein–Uhlenbeck process.
 *
 * Cost: two forces and 4·units²·batch multiply-adds a step, O(units³) for every new landscape.
 */
export const ouSplitting: Integrator = {
  name: 'ou-splitting',
  dynamical: true,
  start({ drive, bath: { mobility }, batch, seed, first }) {
    const { units } = drive
    const normals = new Float64Array(units * batch)
    const moved = new Float64Array(units * batch)
    const forceMoved = new Float64Array(units * batch)
    const flowOf = flowKeeper(mobility)
    return ({ step, dt, kT, x, force }, next) => {
      const part = drive.harmonicPart()
      const half = (mobility * dt) / 2
      /** out = from + μ G(from) dt/2 */
      const drift = (from: Float64Array, all: Float64Array, out: Float64Array) => {
        for (let i = 0; i < units; i++)
          for (let b = 0; b < batch; b++) {
            let harmonic = part.force[i]!
            for (let j = 0; j < units; j++) harmonic -= part.stiffness[i * units + j]! * from[j * batch + b]!
            out[i * batch + b] = from[i * batch + b]! + half * (all[i * batch + b]! - harmonic)
          }
      }
      fillNormals(seed, stream.dynamics, step, units, first, batch, normals)
      drift(x, force, next)
      flowOf(part, kT, dt)(next, normals, batch, moved)
      drive.evaluate(moved, batch, forceMoved, null)
      drift(moved, forceMoved, next)
    }
  },
}
