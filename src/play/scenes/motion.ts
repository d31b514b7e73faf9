import { divergedError, divergenceLimit } from '../../physics/dynamics/divergence.js'
import { driveNetwork } from '../../physics/dynamics/drive.js'
import { gaussianStart, type InitialStates } from '../../physics/dynamics/ensemble.js'
import { fitting } from '../../physics/dynamics/fitting.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { noiseOfRun } from '../../physics/dynamics/noise.js'
import { accountOf, createWorkAndHeat, type WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import type { States } from '../../physics/network/states.js'
import { forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'

/** An ensemble in a landscape that somebody moves from step to step, for as long as they like. */
export interface Motion extends States {
  /** steps that were made */
  readonly steps: number
  /** what was exchanged so far, energy, [batch] each */
  readonly exchange: WorkAndHeat
  /** U at the start and now, energy, [batch]: by the potential alone */
  energies(): { readonly first: Float64Array; readonly last: Float64Array }
  /**
   * The landscape jumps to θ, then the states move for a time dt at the temperature kT. The numbers of a step are those of `evolve`, which
   * knows all steps beforehand: with the same landscapes the trajectories are the same to the bit.
   *
   * @throws E_DIVERGED where a trajectory runs away
   *
   * Cost: two forces.
   */
  step(theta: Float64Array, dt: number, kT: number): void
}

/** What moves, and from where. */
export interface MotionOptions {
  readonly potential: Potential
  readonly bath: Bath
  readonly integrator: Integrator
  /** parameters of the landscape before the first step, [parameters] */
  readonly theta: Float64Array
  /** of the noise */
  readonly seed: number
  /** the origin when absent */
  readonly start?: InitialStates
  readonly trajectories: number
}

/** An ensemble at its start. @throws E_INVALID_VALUE for a landscape that the scheme can't move */
export function createMotion({
  potential,
  bath,
  integrator,
  seed,
  trajectories: batch,
  ...from
}: MotionOptions): Motion {
  const { units } = potential.network
  const { start = gaussianStart(seed, 0, 0) } = from
  const present = from.theta.slice()
  /** length of the step under way: what an error tells */
  const dts = new Float64Array(1)
  const drive = driveNetwork(potential, {
    dt: dts,
    clock: new Float64Array(2),
    parameters(_step, out) {
      const isSame = out.every((value, a) => value === present[a])
      out.set(present)
      return !isSame
    },
  })
  const x = new Float64Array(units * batch)
  start(x, 0, batch)
  const [began, next] = [x.slice(), new Float64Array(x.length)]
  const exchange = createWorkAndHeat(batch)
  drive.jump(-1)
  const ledger = accountOf(drive, batch, 0, exchange)
  ledger.open(x)
  const scheme = fitting(integrator, drive)
  const move = scheme.start({ drive, bath, batch, seed, first: 0, ...noiseOfRun(seed, 0, batch) })
  const first = new Float64Array(batch)
  forceAndEnergy(potential, present, x, batch, null, first)
  let steps = 0
  return {
    ...{ x, batch, exchange },
    get steps() {
      return steps
    },
    energies() {
      const last = new Float64Array(batch)
      forceAndEnergy(potential, present, x, batch, null, last)
      return { first, last }
    },
    step(theta, dt, kT) {
      present.set(theta)
      dts[0] = dt
      const { force, energy } = ledger.at(x, drive.jump(steps))
      move({ step: steps, dt, kT, x, force, energy }, next)
      const runaway = next.findIndex((value) => !(Math.abs(value) < divergenceLimit))
      if (runaway >= 0) throw divergedError(drive, bath, began, 0, 0, runaway % batch)
      ledger.step(x, next)
      x.set(next)
      steps++
    },
  }
}
