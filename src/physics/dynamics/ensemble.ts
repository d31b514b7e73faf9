import type { PointSet } from '../network/states.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'

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
  /** of every random number: a whole number from 0 to 2⁵³ - 1 */
  readonly seed: number
  /** how many */
  readonly trajectories: number
  /** trajectories that advance together; never changes a bit of the result */
  readonly batch: number
}

/** First and last states of every trajectory. */
export interface Ensemble {
  /** states before the first step */
  readonly initial: PointSet
  /** states after the last one */
  readonly final: PointSet
}

/** Room for the states of an ensemble. */
export function createEnsemble(trajectories: number, units: number): Ensemble {
  const states = () => ({ points: new Float64Array(trajectories * units), count: trajectories, units })
  return { initial: states(), final: states() }
}
