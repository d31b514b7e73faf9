import { type AdamState, createAdam } from '../../learning/rules/adam.js'

/** Everything that training carries from one iteration to the next; a checkpoint is this and nothing else. */
export interface TrainingState {
  /** parameters of the finished knots, noisiest first, [slice][parameters] */
  readonly finished: Float64Array[]
  /** parameters of the current slice, [parameters] */
  theta: Float64Array
  /** running mean of the iterates of the current slice, [parameters] */
  average: Float64Array
  /** iterates in `average` */
  averaged: number
  readonly adam: AdamState
  /** iterations done in the current slice */
  iteration: number
  /** iterations done in the run; numbers the minibatches */
  step: number
  /** lines written to metrics.jsonl */
  lines: number
}

/** Training that has not begun. @param start - parameters to begin from, [parameters] */
export function createTrainingState(start: Float64Array): TrainingState {
  const parameters = start.length
  return {
    finished: [],
    theta: start.slice(),
    average: new Float64Array(parameters),
    averaged: 0,
    adam: createAdam(parameters),
    iteration: 0,
    step: 0,
    lines: 0,
  }
}
