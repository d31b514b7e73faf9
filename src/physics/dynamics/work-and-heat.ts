import { arrays } from '../network/states.js'
import type { Drive, Surface } from './drive.js'
import type { Needs, StepInput } from './integrator.js'
import type { Frame } from './observer.js'

/** Work and heat of each trajectory, in units of energy, [trajectories]. */
export interface WorkAndHeat {
  /** W = Σ U(x_n; θ_(n+1)) - U(x_n; θ_n): done on the system by the jumps of the landscape */
  readonly work: Float64Array
  /** Q = -Σ U(x_(n+1); θ_(n+1)) - U(x_n; θ_(n+1)): given to the bath */
  readonly heat: Float64Array
  /** Σ ½(F(x) + F(x'))·dx: Q to rounding for harmonic potentials, and Q as dt → 0 otherwise */
  readonly heatIntegral: Float64Array
  /** ΔU = U(x_end; θ_end) - U(x_0; θ_0), from the two energies alone */
  readonly energyChange: Float64Array
  /**
   * Σ ½(F_i + F_i')·dx_i over the units of each bath, [baths] of [trajectories], baths in the order of their temperatures (see bathsOf);
   * absent where there is one
   */
  readonly heatOfBath?: readonly Float64Array[]
}

/**
 * Arrays for the work and heat of an ensemble, all zero. A step jumps θ, then moves x, so that ΔU = W - Q telescopes.
 * Source: Sekimoto, Prog. Theor. Phys. Suppl. 130, 17 (1998), in discrete time.
 */
export function createWorkAndHeat(trajectories: number): WorkAndHeat {
  const [work, heat, heatIntegral, energyChange] = arrays(4, trajectories)
  return { work, heat, heatIntegral, energyChange }
}

/** Work and heat so far of the trajectories first … first + batch - 1, as observers see them; nothing where nobody measures them. */
export function exchangedBy(
  measured: Pick<WorkAndHeat, 'work' | 'heat'> | null,
  first: number,
  batch: number,
): Pick<Frame, 'work' | 'heat'> {
  if (measured === null) return {}
  const { work, heat } = measured
  return { work: work.subarray(first, first + batch), heat: heat.subarray(first, first + batch) }
}

/** The forces and energies that move a batch, and the account of what its steps exchange. */
export interface Ledger {
  /** the initial states x, in the landscape before the first step */
  open(x: Float64Array): void
  /** force [units, batch] and energy [batch] at x after a jump; `changed`: whether the landscape is another than in the step before */
  at(x: Float64Array, changed: boolean): Pick<StepInput, 'force' | 'energy'>
  /** a step from x to `next` in the landscape of that force */
  step(x: Float64Array, next: Float64Array): void
}

/** Only what a scheme needs. */
export function onlyNeeded(surface: Surface, batch: number, needs: Needs): Ledger {
  const given = { force: new Float64Array(surface.units * batch), energy: new Float64Array(batch) }
  return {
    open() {},
    at(x) {
      if (needs.force || needs.energy)
        surface.evaluate(x, batch, needs.force ? given.force : null, needs.energy ? given.energy : null)
      return given
    },
    step() {},
  }
}

/**
 * The forces, with work and heat of trajectories first … first + batch - 1 added to `measured`.
 *
 * Cost: one more force a step where the landscape changes; none where it stands still.
 */
export function accountOf(drive: Drive, batch: number, first: number, measured: WorkAndHeat): Ledger {
  const { work, heat, heatIntegral, energyChange } = measured
  let [force, forceNext] = arrays(2, drive.units * batch)
  /** U(x; θ before the jump) and U(next; θ after it), [batch] */
  let [energyBefore, energyNext] = arrays(2, batch)
  /** U(x; θ after the jump), and U at the start, [batch] */
  const [energyJumped, energyStart] = arrays(2, batch)
  return {
    open(x) {
      drive.evaluate(x, batch, forceNext, energyNext)
      energyStart.set(energyNext)
    },
    at(x, changed) {
      ;[energyBefore, energyNext] = [energyNext, energyBefore]
      ;[force, forceNext] = [forceNext, force]
      // An unchanged landscape was evaluated at x already, at the end of the step before.
      if (changed) drive.evaluate(x, batch, force, energyJumped)
      else energyJumped.set(energyBefore)
      return { force, energy: energyJumped }
    },
    step(x, next) {
      drive.evaluate(next, batch, forceNext, energyNext)
      for (let b = 0; b < batch; b++) {
        work[first + b]! += energyJumped[b]! - energyBefore[b]!
        heat[first + b]! -= energyNext[b]! - energyJumped[b]!
        energyChange[first + b] = energyNext[b]! - energyStart[b]!
      }
      for (let n = 0; n < x.length; n++)
        heatIntegral[first + (n % batch)]! += ((force[n]! + forceNext[n]!) / 2) * (next[n]! - x[n]!)
    },
  }
}
