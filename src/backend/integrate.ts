import { StoppedError } from '../errors.js'
import type { Drive } from '../physics/dynamics/drive.js'
import {
  createEnsemble,
  type Ensemble,
  type EnsembleOptions,
  type InitialStates,
} from '../physics/dynamics/ensemble.js'
import { evolve, type Measured } from '../physics/dynamics/evolve.js'
import type { Integrator } from '../physics/dynamics/integrator.js'
import { keepRows } from '../physics/network/states.js'
import type { Bath } from '../physics/protocol/bath.js'
import { breathe, type Hooks } from './hooks.js'

/** Site updates between two turns of the event loop. */
const breathEvery = 50_000

/**
 * Runs an ensemble through a drive, batch by batch.
 *
 * @throws StoppedError when `signal` stopped it; E_DIVERGED as evolve does
 */
export async function integrate(
  drive: Drive,
  bath: Bath,
  integrator: Integrator,
  start: InitialStates,
  options: EnsembleOptions,
  measured: Measured,
  hooks: Hooks,
): Promise<Ensemble> {
  const { seed, trajectories, batch } = options
  const { units } = drive
  const steps = drive.dt.length
  const { initial, final } = createEnsemble(trajectories, units)
  let updates = 0
  for (let first = 0; first < trajectories; first += batch) {
    const size = Math.min(batch, trajectories - first)
    const x = new Float64Array(units * size)
    start(x, first, size)
    keepRows({ x, batch: size }, initial, first)
    for (const step of evolve(drive, bath, integrator, x, seed, first, measured)) {
      updates += units * size
      if (updates < breathEvery) continue
      updates = 0
      hooks.onProgress?.({ phase: 'sample', done: first * steps + (step + 1) * size, total: trajectories * steps })
      await breathe()
      if (hooks.signal?.aborted === true) throw new StoppedError()
    }
    keepRows({ x, batch: size }, final, first)
  }
  return { initial, final }
}
