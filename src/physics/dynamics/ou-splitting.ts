import { arrays } from '../network/states.js'
import type { HarmonicPart } from './drive.js'
import { flowKeeper } from './exact-ou.js'
import type { Integrator } from './integrator.js'

/**
 * Heun's method around the exact Ornstein–Uhlenbeck flow: the force is split into its harmonic part, which OU_dt moves
 * exactly, and the rest G = F - (f - Kx), which enters by the trapezium rule,
 *
 *     x₁ = OU_dt(x + μ G(x) dt/2),   x̃ = OU_dt(x + μ G(x) dt),   x' = x₁ + μ G(x̃) dt/2
 *
 * with the same noise in both. Exact for harmonic landscapes and stable however stiff they are, stochastic Heun where K = 0;
 * weak order 2, the invariant measure off by O(dt²). (Strang's splitting with half drifts by Euler would be of order 1.)
 * Source: Lawson, SIAM J. Numer. Anal. 4, 372 (1967), for the integrating factor.
 *
 * Cost: two forces and 6·units²·batch multiply-adds a step, O(units³) for every new landscape.
 */
export const ouSplitting: Integrator = {
  name: 'ou-splitting',
  dynamical: true,
  mobilities: false,
  harmonic: false,
  start({ drive, bath: { mobility }, batch, normals: draw }) {
    const { units } = drive
    const [normals, pushed, ahead, drift] = arrays(4, units * batch)
    const flowOf = flowKeeper(mobility)
    return ({ step, dt, kT, x, force }, next) => {
      const part = drive.harmonicPart()
      const half = (mobility * dt) / 2
      const flow = flowOf(part, kT, dt)
      draw(step, normals)
      scaledRest(part, x, force, batch, half, drift)
      for (let n = 0; n < x.length; n++) pushed[n] = x[n]! + 2 * drift[n]!
      flow(pushed, normals, batch, ahead)
      for (let n = 0; n < x.length; n++) pushed[n] = x[n]! + drift[n]!
      flow(pushed, normals, batch, next)
      drive.evaluate(ahead, batch, pushed, null)
      scaledRest(part, ahead, pushed, batch, half, drift)
      for (let n = 0; n < x.length; n++) next[n]! += drift[n]!
    }
  },
}

/** out = scale·G(x), the force there less its harmonic part. */
function scaledRest(
  { stiffness, force: constant }: HarmonicPart,
  x: Float64Array,
  force: Float64Array,
  batch: number,
  scale: number,
  out: Float64Array,
): void {
  const units = constant.length
  for (let i = 0; i < units; i++)
    for (let b = 0; b < batch; b++) {
      let harmonic = constant[i]!
      for (let j = 0; j < units; j++) harmonic -= stiffness[i * units + j]! * x[j * batch + b]!
      out[i * batch + b] = scale * (force[i * batch + b]! - harmonic)
    }
}
