import type { Integrator } from './integrator.js'

/**
 * Leimkuhler–Matthews: Euler–Maruyama with the mean of two successive kicks,
 *
 *     x' = x + μ F(x) dt + sqrt(μ kT dt/2) (R_n + R_(n+1))
 *
 * At the price of one force the invariant measure is off by O(dt²) only, and exact for harmonic potentials; weak order 1 on
 * the way there, 2 at long times. The noise is coloured: not for path probabilities.
 * Source: Leimkuhler & Matthews, Appl. Math. Res. Express 2013, 34, eq. 7.
 *
 * Cost: one force a step.
 */
export const leimkuhlerMatthews: Integrator = {
  name: 'leimkuhler-matthews',
  dynamical: true,
  mobilities: true,
  harmonic: false,
  start({ drive: { units, mobility: relative }, bath, batch, normals: draw }) {
    let normals = new Float64Array(units * batch)
    let following = new Float64Array(units * batch)
    let drawn = -1
    return ({ step, dt, kT, x, force }, next) => {
      if (drawn === step) [normals, following] = [following, normals]
      else draw(step, normals)
      draw(step + 1, following)
      drawn = step + 1
      for (let i = 0; i < units; i++) {
        const mobility = bath.mobility * (relative?.[i] ?? 1)
        const drift = mobility * dt
        const kick = Math.sqrt((mobility * kT * dt) / 2)
        for (let n = i * batch; n < (i + 1) * batch; n++)
          next[n] = x[n]! + drift * force[n]! + kick * (normals[n]! + following[n]!)
      }
    }
  },
}
