import { hasWalls } from '../network/network.js'
import { arrays } from '../network/states.js'
import type { Surface } from './drive.js'
import type { Batch, Integrator, StepInput, Transition } from './integrator.js'

/** What is known of log p(x')/p(x), p ∝ e^(-U/kT). */
export interface LogRatio {
  /** whether it takes the energies at both ends */
  readonly energy: boolean
  /** returns what writes it to `out`, [batch], given the energies at x', [batch], where it takes them */
  start(batch: Batch): (input: StepInput, next: Float64Array, energyThere: Float64Array, out: Float64Array) => void
}

/** From energies, [U(x) - U(x')]/kT. Cost: two energies. */
export const energyDifference: LogRatio = {
  energy: true,
  start:
    ({ batch }) =>
    ({ energy, kT }, _next, energyThere, out) => {
      for (let b = 0; b < batch; b++) out[b] = (energy[b]! - energyThere[b]!) / kT
    },
}

/** x' = x + width·R in every unit that can move, which is symmetric. Cost: nothing. */
export function randomWalk(width: number): Transition {
  return {
    force: false,
    symmetric: true,
    start({ drive: { units, mobility }, batch, normals }) {
      const R = new Float64Array(units * batch)
      return {
        forth({ step, x }, next) {
          normals(step, R)
          for (let i = 0; i < units; i++) {
            const jump = mobility?.[i] === 0 ? 0 : width
            for (let n = i * batch; n < (i + 1) * batch; n++) next[n] = x[n]! + jump * R[n]!
          }
        },
        addRatio() {},
      }
    },
  }
}

/** What was proposed in a step, with which exponents, and what was taken. */
export interface Trial {
  /** states before, and proposed, [units, batch] */
  readonly x: Float64Array
  /** states that are proposed, [units, batch] */
  readonly next: Float64Array
  /** log p(x')/p(x) and log q(x|x')/q(x'|x), [batch] */
  readonly logRatio: Float64Array
  /** log q(x|x')/q(x'|x), [batch] */
  readonly ratio: Float64Array
  /** 1 where the proposal is taken, [batch] */
  readonly taken: Uint8Array
}

/**
 * Metropolis–Hastings: a proposal x' is taken with probability
 *
 *     min(1, e^a),   a = log p(x')/p(x) + log q(x|x')/q(x'|x)
 *
 * Its equilibrium is exactly e^(-U/kT) at any step, where the first is; where units have walls, within them, since beyond one p is 0 and a
 * proposal is refused. Its path is no Langevin path, so a run by it has no work and heat.
 * The energy over kT that a proposal has less, log p(x')/p(x), goes to the bath where it is taken: the step's own heat.
 *
 * @param watch - is shown every step before refused proposals are put back
 * Source: Metropolis et al., J. Chem. Phys. 21, 1087 (1953); Hastings, Biometrika 57, 97 (1970).
 *
 * Cost: that of the log ratio, and the forces of a proposal that is not symmetric at both ends.
 */
export function metropolis(
  name: string,
  proposal: Transition,
  logRatio: LogRatio,
  watch?: (trial: Trial) => void,
): Integrator {
  return {
    name,
    dynamical: false,
    mobilities: true,
    ownOfUnits: 'walls',
    harmonic: false,
    needs: { force: proposal.force, energy: logRatio.energy },
    ownHeat: true,
    start(ensemble) {
      const { drive, batch, uniforms } = ensemble
      const { forth, addRatio } = proposal.start(ensemble)
      const writeLogRatio = logRatio.start(ensemble)
      const forceThere = new Float64Array(proposal.symmetric ? 0 : drive.units * batch)
      const [energyThere, log, ratio, uniform] = arrays(4, batch)
      const taken = new Uint8Array(batch)
      const refuse = beyondWalls(drive.coordinates)
      return (input, next) => {
        const { step, x, heat } = input
        forth(input, next)
        if (!proposal.symmetric || logRatio.energy)
          drive.evaluate(next, batch, proposal.symmetric ? null : forceThere, logRatio.energy ? energyThere : null)
        writeLogRatio(input, next, energyThere, log)
        ratio.fill(0)
        if (!proposal.symmetric) addRatio(input, next, forceThere, ratio)
        refuse?.(next, log)
        uniforms(step, uniform)
        // A proposal that is not finite is refused too: its exponent is not greater than anything.
        for (let b = 0; b < batch; b++) taken[b] = Math.log(uniform[b]!) < log[b]! + ratio[b]! ? 1 : 0
        if (heat !== undefined) for (let b = 0; b < batch; b++) heat[b] = taken[b] === 1 ? log[b]! : 0
        watch?.({ x, next, logRatio: log, ratio, taken })
        for (let b = 0; b < batch; b++) if (taken[b] === 0) for (let n = b; n < x.length; n += batch) next[n] = x[n]!
      }
    },
  }
}

/** Sets the exponent of proposals with a unit beyond a wall to -∞; null without walls. */
function beyondWalls(coordinates: Surface['coordinates']): ((next: Float64Array, log: Float64Array) => void) | null {
  if (!hasWalls(coordinates)) return null
  const { lower, upper } = coordinates
  return (next, log) => {
    const batch = log.length
    for (let n = 0; n < next.length; n++) {
      const unit = Math.floor(n / batch)
      if (!(next[n]! >= lower[unit]! && next[n]! <= upper[unit]!)) log[n % batch] = -Infinity
    }
  }
}
