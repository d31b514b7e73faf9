import { bathsOf } from '../network/baths.js'
import type { Network } from '../network/network.js'
import { arrays } from '../network/states.js'
import type { Drive, Surface } from './drive.js'
import type { Needs, StepInput } from './integrator.js'
import type { Frame, Memory } from './observer.js'

/**
 * Work and heat of each trajectory, in units of energy, [trajectories]. F is the force, f the part of it that has no potential and whose
 * work counts; what counts as the bath's (Term.driving) is in neither.
 */
export interface WorkAndHeat {
  /**
   * W = Σ U(x_n; θ_(n+1)) - U(x_n; θ_n) + ½(f(x_n; θ_(n+1)) + f(x_(n+1); θ_(n+1)))·dx: done on the system by the jumps of the landscape, and
   * by f along the steps
   */
  readonly work: Float64Array
  /** Q = -Σ U(x_(n+1); θ_(n+1)) - U(x_n; θ_(n+1)), and the work of f: given to the bath */
  readonly heat: Float64Array
  /** Σ ½(F(x) + F(x'))·dx: Q to rounding for harmonic potentials, and Q as dt → 0 otherwise */
  readonly heatIntegral: Float64Array
  /** ΔU = U(x_end; θ_end) - U(x_0; θ_0), from the two energies alone */
  readonly energyChange: Float64Array
  /** Σ ½(F_i + F_i')·dx_i over the units of each bath, [baths] of [trajectories] in the order of `bathsOf`; absent where there is one */
  readonly heatOfBath?: readonly Float64Array[]
}

/**
 * Arrays for the work and heat of an ensemble, all zero. A step jumps θ, then moves x, so that ΔU = W - Q telescopes.
 *
 * @param network - whose baths are told apart, where there are several
 * Source: Sekimoto, Prog. Theor. Phys. Suppl. 130, 17 (1998), in discrete time.
 */
export function createWorkAndHeat(
  trajectories: number,
  network?: Pick<Network, 'units' | 'mobility' | 'temperature'>,
): WorkAndHeat {
  const [work, heat, heatIntegral, energyChange] = arrays(4, trajectories)
  const baths = network === undefined ? 1 : bathsOf(network).temperature.length
  return {
    ...{ work, heat, heatIntegral, energyChange },
    ...(baths === 1 ? {} : { heatOfBath: Array.from({ length: baths }, () => new Float64Array(trajectories)) }),
  }
}

/** All its arrays, by name. */
export function memoryOfExchange({ heatOfBath = [], ...rest }: WorkAndHeat): Memory {
  return { ...rest, ...Object.fromEntries(heatOfBath.map((heat, n) => [`bath.${n}`, heat])) }
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
  /** states x after a step, in whose landscape the drive stands: all that the next step takes from it */
  reach(x: Float64Array): void
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
    reach() {},
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
 * Cost: one more force a step where the landscape changes; none where it stands still. As much again for f and for what counts as the
 * bath's, where there are any.
 */
export function accountOf(drive: Drive, batch: number, first: number, measured: WorkAndHeat): Ledger {
  const { work, heat, heatIntegral, energyChange, heatOfBath } = measured
  const { ofUnit } = bathsOf(drive)
  let [force, forceNext] = arrays(2, drive.units * batch)
  /** U(x; θ before the jump) and U(next; θ after it), [batch] */
  let [energyBefore, energyNext] = arrays(2, batch)
  /** U(x; θ after the jump), and U at the start, [batch] */
  const [energyJumped, energyStart] = arrays(2, batch)
  const driving = followed(drive.evaluateDriving, drive.units * batch, batch)
  const ofBath = followed(drive.evaluateBathForce, drive.units * batch, batch)
  const reach = (x: Float64Array) => {
    drive.evaluate(x, batch, forceNext, energyNext)
    driving?.arrive(x)
    ofBath?.arrive(x)
  }
  return {
    open(x) {
      reach(x)
      energyStart.set(energyNext)
    },
    reach,
    at(x, changed) {
      ;[energyBefore, energyNext] = [energyNext, energyBefore]
      ;[force, forceNext] = [forceNext, force]
      // An unchanged landscape was evaluated at x already, at the end of the step before.
      if (changed) drive.evaluate(x, batch, force, energyJumped)
      else energyJumped.set(energyBefore)
      driving?.leave(x, changed)
      ofBath?.leave(x, changed)
      return { force, energy: energyJumped }
    },
    step(x, next) {
      reach(next)
      for (let b = 0; b < batch; b++) {
        work[first + b]! += energyJumped[b]! - energyBefore[b]!
        heat[first + b]! -= energyNext[b]! - energyJumped[b]!
        energyChange[first + b] = energyNext[b]! - energyStart[b]!
      }
      for (let i = 0, n = 0; i < drive.units; i++) {
        const ofItsBath = heatOfBath?.[ofUnit[i]!]
        for (let to = first; to < first + batch; to++, n++) {
          const dx = next[n]! - x[n]!
          const given = ((force[n]! + forceNext[n]!) / 2 - (ofBath?.mean(n) ?? 0)) * dx
          heatIntegral[to]! += given
          if (ofItsBath !== undefined) ofItsBath[to]! += given
          if (driving === null) continue
          const done = driving.mean(n) * dx
          work[to]! += done
          heat[to]! += done
        }
      }
    },
  }
}

/** A part of the force before and after each step; null where there is none. */
function followed(evaluate: Surface['evaluateDriving'], size: number, batch: number) {
  if (evaluate === undefined) return null
  let [before, after] = arrays(2, size)
  return {
    arrive: (x: Float64Array) => evaluate(x, batch, after),
    leave(x: Float64Array, changed: boolean) {
      ;[before, after] = [after, before]
      if (changed) evaluate(x, batch, before)
    },
    /** half the sum of both */
    mean: (n: number) => (before[n]! + after[n]!) / 2,
  }
}
