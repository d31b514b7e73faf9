import { OverdampedError } from '../../errors.js'
import type { Bath } from '../protocol/bath.js'
import { divergedError, divergenceLimit } from './divergence.js'
import type { Drive } from './drive.js'
import { withFlips } from './heat-bath.js'
import type { Integrator } from './integrator.js'
import type { Observer } from './observer.js'
import { addExchange, type WorkAndHeat } from './work-and-heat.js'

/** What is measured along the way: work and heat of the whole ensemble, and what observers see. */
export interface Measured {
  readonly workAndHeat: WorkAndHeat | null
  readonly observers: readonly Observer[]
}

/**
 * Advances one batch of trajectories through a whole drive by the integrator's scheme.
 *
 * @param x - initial states, [units, batch]; overwritten with the final ones
 * @param seed - of the noise, which is keyed by (seed, trajectory, step, unit)
 * @param first - index of the first trajectory of the batch
 * @returns a generator that yields the index of each finished step: the caller may pause, show progress or stop there
 * @throws E_DIVERGED naming step, trajectory and a step length that would hold; E_INVALID_VALUE for a drive that the scheme
 *   can't move, or work and heat of a scheme that has none
 *
 * Cost: O(steps·batch·edges) times the scheme's forces a step; twice that with work and heat when the landscape changes at
 * every step.
 */
export function* evolve(
  drive: Drive,
  bath: Bath,
  integrator: Integrator,
  x: Float64Array,
  seed: number,
  first: number,
  { workAndHeat, observers }: Measured,
): Generator<number, void, void> {
  if (workAndHeat !== null && !integrator.dynamical)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `${integrator.name} samples an equilibrium, and its steps have no work and heat. Leave them out of observe.`,
      'sampling.integrator',
    )
  if (drive.mobility !== undefined && !integrator.mobilities)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `${integrator.name} moves units of one mobility only. Use euler-maruyama, heun or leimkuhler-matthews.`,
      'sampling.integrator',
    )
  const { units } = drive
  const batch = x.length / units
  const start = x.slice()
  const next = new Float64Array(x.length)
  const scheme = drive.twoStates === undefined ? integrator : withFlips(drive.twoStates, integrator)
  const move = scheme.start({ drive, bath, batch, seed, first })
  let force = new Float64Array(x.length)
  let forceNext = new Float64Array(x.length)
  let energyBefore = new Float64Array(batch)
  const energyJumped = new Float64Array(batch)
  let energyNext = new Float64Array(batch)
  const show = (index: number) => {
    for (const observer of observers)
      if (first < observer.trajectories && observer.wants(index))
        observer.see({ index, clock: drive.clock[index + 1]!, first, batch, x })
  }

  drive.jump(-1)
  show(-1)
  if (workAndHeat !== null) drive.evaluate(x, batch, forceNext, energyNext)
  const energyStart = energyNext.slice()
  for (let step = 0; step < drive.dt.length; step++) {
    const dt = drive.dt[step]!
    const changed = drive.jump(step)
    if (workAndHeat !== null) {
      ;[energyBefore, energyNext] = [energyNext, energyBefore]
      ;[force, forceNext] = [forceNext, force]
      // An unchanged landscape was evaluated at x already, at the end of the step before.
      if (changed) drive.evaluate(x, batch, force, energyJumped)
      else energyJumped.set(energyBefore)
    } else drive.evaluate(x, batch, force, null)

    move({ step, dt, kT: drive.kT?.[step] ?? bath.kT, x, force }, next)
    const runaway = next.findIndex((value) => !(Math.abs(value) < divergenceLimit))
    if (runaway >= 0) throw divergedError(drive, bath, start, step, first, runaway % batch)

    if (workAndHeat !== null) {
      drive.evaluate(next, batch, forceNext, energyNext)
      addExchange(workAndHeat, {
        first,
        batch,
        x,
        next,
        force,
        forceNext,
        energyBefore,
        energyJumped,
        energyNext,
        energyStart,
      })
    }
    x.set(next)
    show(step)
    yield step
  }
}
