import type { PointSet } from '../data/points.js'
import type { Drive } from '../dynamics/drive.js'
import { eulerMaruyama } from '../dynamics/euler-maruyama.js'
import type { Observer } from '../dynamics/observer.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import type { Bath } from '../protocol/bath.js'
import { breathe, type Hooks } from './hooks.js'

/** Writes the initial states of trajectories first … first + batch - 1 to x, [units, batch]. */
export type InitialStates = (x: Float64Array, first: number, batch: number) => void

/** Independent Gaussian coordinates with the given means ([units], or one for all) and variance; variance 0 is a point. */
export function gaussianStart(seed: number, mean: readonly number[] | number, variance: number): InitialStates {
  return (x, first, batch) => {
    const units = x.length / batch
    fillNormals(seed, stream.initial, 0, units, first, batch, x)
    const width = Math.sqrt(variance)
    for (let i = 0; i < units; i++)
      for (let b = 0; b < batch; b++)
        x[i * batch + b] = (typeof mean === 'number' ? mean : mean[i]!) + width * x[i * batch + b]!
  }
}

/** Size of an ensemble and how it is cut into batches. */
export interface EnsembleOptions {
  readonly seed: number
  readonly trajectories: number
  /** trajectories that advance together; never changes a bit of the result */
  readonly batch: number
}

/** First and last states of every trajectory. */
export interface Ensemble {
  readonly initial: PointSet
  readonly final: PointSet
}

/** Site updates between two turns of the event loop. */
const breathEvery = 50_000

/**
 * Runs an ensemble through a drive, batch by batch.
 *
 * @returns null when `signal` stopped it
 * @throws E_DIVERGED as eulerMaruyama does
 */
export async function integrate(
  drive: Drive,
  bath: Bath,
  start: InitialStates,
  options: EnsembleOptions,
  observers: readonly Observer[],
  hooks: Hooks,
): Promise<Ensemble | null> {
  const { seed, trajectories, batch } = options
  const { units } = drive
  const steps = drive.dt.length
  const initial = { points: new Float64Array(trajectories * units), count: trajectories, units }
  const final = { points: new Float64Array(trajectories * units), count: trajectories, units }
  let updates = 0
  for (let first = 0; first < trajectories; first += batch) {
    const size = Math.min(batch, trajectories - first)
    const x = new Float64Array(units * size)
    start(x, first, size)
    keepRows(x, size, initial, first)
    for (const step of eulerMaruyama(drive, bath, x, seed, first, observers)) {
      updates += units * size
      if (updates < breathEvery) continue
      updates = 0
      hooks.onProgress?.({ phase: 'sample', done: first * steps + (step + 1) * size, total: trajectories * steps })
      await breathe()
      if (hooks.signal?.aborted === true) return null
    }
    keepRows(x, size, final, first)
  }
  return { initial, final }
}

/** Copies states [units, batch] to rows first … of a point set. */
function keepRows(x: Float64Array, batch: number, { points, units }: PointSet, first: number): void {
  for (let i = 0; i < units; i++) for (let b = 0; b < batch; b++) points[(first + b) * units + i] = x[i * batch + b]!
}
