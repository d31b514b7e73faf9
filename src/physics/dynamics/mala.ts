import { arrays } from '../network/states.js'
import { fillNormals } from '../noise/gaussian.js'
import { keyOf, philox4x32 } from '../noise/philox.js'
import { stream } from '../noise/streams.js'
import type { Integrator } from './integrator.js'

/**
 * The Metropolis-adjusted Langevin algorithm: an Euler–Maruyama step is a proposal y, taken with probability
 *
 *     min(1, e^(-(U(y) - U(x))/kT) q(x|y)/q(y|x)),   ln q(y|x) = -|y - x - μ F(x) dt|²/(4 μ kT dt) + const
 *
 * Its equilibrium is exactly e^(-U/kT) at any step: the reference that the others' equilibria are compared with. Its path is
 * no Langevin path, so it has no heat.
 * Source: Roberts & Tweedie, Bernoulli 2, 341 (1996), §1.4.
 *
 * Cost: a force at the proposal and the energies at both ends for each step.
 */
export const mala: Integrator = {
  name: 'mala',
  dynamical: false,
  mobilities: false,
  harmonic: false,
  start({ drive, bath: { mobility }, batch, seed, first }) {
    const { units } = drive
    const [normals, forceThere] = arrays(2, units * batch)
    const [energyHere, energyThere] = arrays(2, batch)
    const words = new Int32Array(4)
    const [key0, key1] = keyOf(seed)
    return ({ step, dt, kT, x, force }, next) => {
      fillNormals(seed, stream.dynamics, step, units, first, batch, normals)
      const drift = mobility * dt
      const kick = Math.sqrt(2 * drift * kT)
      for (let n = 0; n < x.length; n++) next[n] = x[n]! + drift * force[n]! + kick * normals[n]!
      drive.evaluate(x, batch, null, energyHere)
      drive.evaluate(next, batch, forceThere, energyThere)
      for (let b = 0; b < batch; b++) {
        let exponent = (energyHere[b]! - energyThere[b]!) / kT
        for (let n = b; n < x.length; n += batch) {
          const back = x[n]! - next[n]! - drift * forceThere[n]!
          exponent += (normals[n]! ** 2 - (back / kick) ** 2) / 2
        }
        philox4x32(first + b, 0, step, stream.acceptance, key0, key1, words)
        const uniform = ((words[0]! >>> 0) + 0.5) * 2 ** -32
        // A proposal that is not finite is refused too: its exponent is not greater than anything.
        if (!(Math.log(uniform) < exponent)) for (let n = b; n < x.length; n += batch) next[n] = x[n]!
      }
    }
  },
}
