import type { Drive } from '../physics/dynamics/drive.js'
import type { Ensemble, EnsembleOptions, InitialStates } from '../physics/dynamics/ensemble.js'
import { evolve, type Measured } from '../physics/dynamics/evolve.js'
import type { Integrator } from '../physics/dynamics/integrator.js'
import { keepRows } from '../physics/network/states.js'
import type { Bath } from '../physics/protocol/bath.js'
import { breathe } from './hooks.js'
import { restore, resumed, type SimulationHooks } from './resume.js'
import { numberIn } from './simulation.js'

/** Site updates between two turns of the event loop. */
const breathEvery = 50_000

/**
 * Runs an ensemble through a drive, batch by batch.
 *
 * @throws StoppedError when `signal` stopped it; E_DIVERGED as evolve does; E_FORMAT for a kept state of another simulation
 */
export async function integrate(
  drive: Drive,
  bath: Bath,
  integrator: Integrator,
  start: InitialStates,
  options: EnsembleOptions,
  measured: Measured,
  hooks: SimulationHooks,
): Promise<Ensemble> {
  const { seed, trajectories, batch } = options
  const { units } = drive
  const steps = drive.dt.length
  const { ensemble, part, ...progress } = resumed({ ...measured, units, trajectories, steps }, hooks)
  if (progress.first % batch !== 0 && progress.first !== trajectories) throw progress.unfit()
  let updates = 0
  for (let { first } = progress; first < trajectories; first += batch) {
    const size = Math.min(batch, trajectories - first)
    const x = new Float64Array(units * size)
    start(x, numberIn(measured, first), size)
    const states = { x, batch: size }
    keepRows(states, ensemble.initial, first)
    const goesOn = part !== null && first === progress.first ? { step: part.step, x: new Float64Array(x.length) } : null
    if (goesOn !== null && !restore(part!.own, { x: goesOn.x })) throw progress.unfit()
    for (const step of evolve(drive, bath, integrator, x, seed, first, measured, goesOn)) {
      updates += units * size
      if (updates < breathEvery) continue
      updates = 0
      hooks.onProgress?.({ phase: 'sample', done: first * steps + (step + 1) * size, total: trajectories * steps })
      await breathe()
      await progress.between(first, step + 1, () => ({ x }))
    }
    keepRows(states, ensemble.final, first)
  }
  return ensemble
}
