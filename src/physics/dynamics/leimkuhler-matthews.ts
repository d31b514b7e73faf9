import type { Integrator } from './integrator.js'
import { unitSteps } from './unit-steps.js'

/**
 * Leimkuhler–Matthews: Euler–Maruyama with the mean of two successive kicks,
 *
 *     x' = x + μ F(x) dt + sqrt(μ kT dt/2) (R_n + R_(n+1))
 *
 * At the price of one force the invariant measure is off by O(dt²) only, and exact for harmonic potentials; weak order 1 on
 * the way there, 2 at long times. The noise is coloured: not for path probabilities. Away from equilibrium, between baths of several
 * temperatures or under forces without a potential, its order is 1 throughout.
 * Source: Leimkuhler & Matthews, Appl. Math. Res. Express 2013, 34, eq. 7.
 *
 * Cost: one force a step.
 */
export const leimkuhlerMatthews: Integrator = {
  name: 'leimkuhler-matthews',
  dynamical: true,
  mobilities: true,
  harmonic: false,
  start({ drive, bath, batch, normals: draw }) {
    const { units } = drive
    const stepsOf = unitSteps(drive, bath)
    let normals = new Float64Array(units * batch)
    let following = new Float64Array(units * batch)
    let drawn = -1
    return ({ step, dt, kT, x, force }, next) => {
      if (drawn === step) [normals, following] = [following, normals]
      else draw(step, normals)
      draw(step + 1, following)
      drawn = step + 1
      const of = stepsOf(dt, kT)
      for (let i = 0; i < units; i++) {
        const [drift, kick] = [of.drift[i]!, of.kick[i]! / 2]
        for (let n = i * batch; n < (i + 1) * batch; n++)
          next[n] = x[n]! + drift * force[n]! + kick * (normals[n]! + following[n]!)
      }
    }
  },
}
