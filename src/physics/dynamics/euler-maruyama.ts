import type { States } from '../network/states.js'
import type { Integrator, Transition } from './integrator.js'
import { reflection, unitSteps } from './unit-steps.js'

/** A displacement d(x) beside the drift of a step: writes that of the way forth from x, and of the way back from x', [units, batch]. */
export interface Shift {
  /** d(x), into `out` */
  forth(from: States, out: Float64Array): void
  /** d(x'), into `out` */
  back(to: States, out: Float64Array): void
}

/**
 * A Langevin step and its way back,
 *
 *     x' = x + D(x) + sqrt(2 μ kT dt) R,   D = d + μ F dt,   R ~ N(0, 1)
 *     log q(x|x')/q(x'|x) = Σ (|x' - x - D(x)|² - |x - x' - D(x')|²)/(4 μ kT dt)
 *
 * which a Metropolis step needs besides the energies, and the weight of a walker too, where U and d may be others on the way back.
 * A clamped unit stays, and adds nothing to the ratio.
 *
 * @param shift - d; none when null
 * Source: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992), ch. 10; Roberts & Tweedie, Bernoulli
 * 2, 341 (1996), §1.4, for q.
 */
export function langevinStep(shift: Shift | null = null): Transition {
  return {
    force: true,
    symmetric: false,
    start({ drive, bath, batch, normals }) {
      const { units } = drive
      const R = new Float64Array(units * batch)
      const d = shift === null ? null : new Float64Array(units * batch)
      const stepsOf = unitSteps(drive, bath)
      return {
        forth({ step, dt, kT, x, force }, next) {
          normals(step, R)
          if (d !== null) shift?.forth({ x, batch }, d)
          const of = stepsOf(dt, kT)
          for (let i = 0; i < units; i++) {
            const [decay, drift, kick] = [of.decay[i]!, of.drift[i]!, of.kick[i]!]
            const [from, to] = [i * batch, (i + 1) * batch]
            if (d === null) for (let n = from; n < to; n++) next[n] = decay * x[n]! + drift * force[n]! + kick * R[n]!
            else for (let n = from; n < to; n++) next[n] = decay * x[n]! + (d[n]! + drift * force[n]!) + kick * R[n]!
          }
        },
        addRatio({ dt, kT, x }, next, forceThere, out) {
          if (d !== null) shift?.back({ x: next, batch }, d)
          const of = stepsOf(dt, kT)
          for (let i = 0; i < units; i++) {
            const [decay, drift, variance] = [of.decay[i]!, of.drift[i]!, of.variance[i]!]
            if (variance === 0) continue
            for (let b = 0, n = i * batch; b < batch; b++, n++) {
              const back = x[n]! - decay * next[n]! - (d === null ? 0 : d[n]!) - drift * forceThere[n]!
              out[b]! += (R[n]! ** 2 - back ** 2 / variance) / 2
            }
          }
        },
      }
    },
  }
}

const step = langevinStep()

/**
 * Euler–Maruyama: one force and one kick,
 *
 *     x' = x + μ F(x) dt + sqrt(2 μ kT dt) R,   R ~ N(0, 1)
 *
 * Strong and weak order 1 (the noise is additive); stationary harmonic variance (kT/k)/(1 - μkh/2); stable for μkh < 2.
 * Units may have mobilities and temperatures of their own and walls, and active ones move exactly (see unitSteps, reflection).
 * Source: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992), ch. 10.
 *
 * Cost: one force a step.
 */
export const eulerMaruyama: Integrator = {
  name: 'euler-maruyama',
  dynamical: true,
  mobilities: true,
  ownOfUnits: true,
  harmonic: false,
  transition: step,
  start(batch) {
    const { forth } = step.start(batch)
    const reflect = reflection(batch.drive.coordinates)
    if (reflect === null) return forth
    return (input, next) => {
      forth(input, next)
      reflect(next, batch.batch)
    }
  },
}
