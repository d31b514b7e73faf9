import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import type { Bath } from '../protocol/bath.js'
import { divergedError, divergenceLimit } from './divergence.js'
import type { Drive } from './drive.js'
import type { Observer } from './observer.js'
import { addExchange, type WorkAndHeat } from './work-and-heat.js'

/** What is measured along the way: work and heat of the whole ensemble, and what observers see. */
export interface Measured {
  readonly workAndHeat: WorkAndHeat | null
  readonly observers: readonly Observer[]
}

/**
 * Advances one batch of trajectories through a whole drive by Euler–Maruyama:
 *
 *     x' = x + μ F(x) dt + sqrt(2 μ kT dt) R,   R ~ N(0, 1)
 *
 * Strong and weak order 1 (the noise is additive); stationary harmonic variance (kT/k)/(1 - μkh/2); stable for μkh < 2.
 *
 * @param x - initial states, [units, batch]; overwritten with the final ones
 * @param seed - of the noise, which is keyed by (seed, trajectory, step, unit)
 * @param first - index of the first trajectory of the batch
 * @returns a generator that yields the index of each finished step: the caller may pause, show progress or stop there
 * @throws E_DIVERGED naming step, trajectory and a step length that would hold
 *
 * Cost: O(steps·batch·edges), twice that with work and heat when the landscape changes at every step.
 */
export function* eulerMaruyama(
  drive: Drive,
  bath: Bath,
  x: Float64Array,
  seed: number,
  first: number,
  { workAndHeat, observers }: Measured,
): Generator<number, void, void> {
  const { units } = drive
  const batch = x.length / units
  const start = x.slice()
  const next = new Float64Array(x.length)
  const normals = new Float64Array(x.length)
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

    fillNormals(seed, stream.dynamics, step, units, first, batch, normals)
    const drift = bath.mobility * dt
    const kick = Math.sqrt(2 * bath.mobility * bath.kT * dt)
    const runaway = advance(x, force, normals, drift, kick, next)
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

/** next = x + drift·force + kick·normals; returns the index of a coordinate that diverged, or -1. */
function advance(
  x: Float64Array,
  force: Float64Array,
  normals: Float64Array,
  drift: number,
  kick: number,
  next: Float64Array,
): number {
  let runaway = -1
  for (let n = 0; n < x.length; n++) {
    const value = x[n]! + drift * force[n]! + kick * normals[n]!
    next[n] = value
    if (!(Math.abs(value) < divergenceLimit)) runaway = n
  }
  return runaway
}
