import { createDescent, type DescentState } from '../rules/descent.js'

/** Everything that training carries from one iteration to the next; a checkpoint is this and nothing else. */
export interface TrainingState extends DescentState {
  /** parameters of the finished knots, noisiest first, [slice][parameters] */
  readonly finished: Float64Array[]
  /** parameters of the current slice, [parameters]; `average` and `averaged` are of its iterates */
  theta: Float64Array
  /** iterations done in the current slice */
  iteration: number
  /** iterations done in the run; numbers the minibatches */
  step: number
  /** lines recorded; of a run, in metrics.jsonl */
  lines: number
}

/** Training that has not begun. @param start - parameters to begin from, [parameters] */
export function createTrainingState(start: Float64Array): TrainingState {
  return { ...createDescent(start), finished: [], iteration: 0, step: 0, lines: 0 }
}
