import { invalidValue } from '../../errors.js'
import type { Bath } from '../protocol/bath.js'
import { divergedError, divergenceLimit } from './divergence.js'
import type { Drive } from './drive.js'
import { fitting, forceAlone } from './fitting.js'
import type { Integrator } from './integrator.js'
import { noiseOfRun } from './noise.js'
import type { Observer } from './observer.js'
import type { Span } from './span.js'
import { accountOf, exchangedBy, onlyNeeded, type WorkAndHeat } from './work-and-heat.js'

/** What is measured along the way: work and heat of the whole ensemble, and what observers see. */
export interface Measured {
  /** sums over each trajectory so far; null where they are not measured */
  readonly workAndHeat: WorkAndHeat | null
  /** who looks at the states on the way */
  readonly observers: readonly Observer[]
  /** a coordinate beyond this counts as diverged; 1e6 when absent */
  readonly limit?: number | undefined
  /** which trajectories of a larger ensemble these are: noise and starts are those of their numbers there; a whole one when absent */
  readonly span?: Span | undefined
}

/**
 * Advances one batch of trajectories through a whole drive by the integrator's scheme.
 *
 * @param x - initial states, [units, batch]; overwritten with the final ones
 * @param goesOn - the states after so many steps, from where it goes on as if it had made them; what is measured has seen them
 * @param seed - of the noise, which is keyed by (seed, trajectory, step, unit)
 * @param first - index of the first trajectory of the batch, in the span where one is given
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
  { workAndHeat, observers, limit = divergenceLimit, span }: Measured,
  goesOn: { readonly step: number; readonly x: Float64Array } | null = null,
): Generator<number, void, void> {
  if (workAndHeat !== null) requireExchange(integrator)
  const scheme = fitting(integrator, drive)
  const batch = x.length / drive.units
  const start = x.slice()
  const next = new Float64Array(x.length)
  const number = (span?.first ?? 0) + first
  const move = scheme.start({ drive, bath, batch, seed, first: number, ...noiseOfRun(seed, number, batch) })
  const ledger =
    workAndHeat === null
      ? onlyNeeded(drive, batch, scheme.needs ?? forceAlone)
      : accountOf(drive, batch, first, workAndHeat)
  const exchanged = exchangedBy(workAndHeat, first, batch)
  const show = (index: number) => {
    for (const observer of observers)
      if (first < observer.trajectories && observer.wants(index))
        observer.see({ index, clock: drive.clock[index + 1]!, first, batch, x, ...exchanged })
  }

  drive.jump(-1)
  if (goesOn === null) show(-1)
  ledger.open(x)
  if (goesOn !== null) {
    x.set(goesOn.x)
    drive.jump(goesOn.step - 1)
    ledger.reach(x)
  }
  for (let step = goesOn?.step ?? 0; step < drive.dt.length; step++) {
    const { force, energy } = ledger.at(x, drive.jump(step))
    move({ step, dt: drive.dt[step]!, kT: drive.kT?.[step] ?? bath.kT, x, force, energy }, next)
    const runaway = next.findIndex((value) => !(Math.abs(value) < limit))
    if (runaway >= 0) throw divergedError(drive, bath, start, step, number, runaway % batch, limit)
    ledger.step(x, next)
    x.set(next)
    show(step)
    yield step
  }
}

/** @throws E_INVALID_VALUE for a scheme that has no work and heat */
export function requireExchange({ name, dynamical }: Integrator): void {
  if (dynamical) return
  throw invalidValue(
    `${name} samples an equilibrium, and its steps have no work and heat. Leave them out of observe.`,
    'sampling.integrator',
  )
}
