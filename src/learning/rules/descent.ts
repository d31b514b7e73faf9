import { type AdamState, adamStep, createAdam } from './adam.js'
import { keepBounds } from './parameter-scales.js'

/** What descent on a slice changes; all arrays are [parameters]. */
export interface DescentState {
  /** present parameters */
  readonly theta: Float64Array
  /** mean of the iterates that were averaged */
  readonly average: Float64Array
  /** how many those are */
  averaged: number
  /** running means of the gradient */
  readonly adam: AdamState
  /** gradients whose updates are delayed, the oldest first overwritten, [delay][parameters] in a row; absent where none are */
  pending?: Float64Array
}

/** Descent that begins at a copy of θ. */
export function createDescent(theta: Float64Array): DescentState {
  return {
    theta: theta.slice(),
    average: new Float64Array(theta.length),
    averaged: 0,
    adam: createAdam(theta.length),
  }
}

/** Cosine from `rate` to `rate·finalRate`; `fraction` of it is done. */
export function annealedRate({ rate, finalRate }: { rate: number; finalRate: number }, fraction: number): number {
  return rate * (finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * fraction))) / 2)
}

/** One step of descent. */
export interface DescentOptions {
  /** decay rate of the gradient's mean, in [0, 1) */
  readonly beta1: number
  /** of the mean of its square */
  readonly beta2: number
  /** step of Adam, of parameters in their own scale */
  readonly rate: number
  /** whether the new iterate joins the average */
  readonly average: boolean
}

/**
 * One step of Adam within the bounds, in place; see adamStep for `scale`.
 *
 * @param formed - is handed the parameters before the step and those after it, which it may change: what adds updates up may be imperfect
 */
export function descentStep(
  state: DescentState,
  gradient: Float64Array,
  bounds: Float64Array,
  scale: Float64Array,
  options: DescentOptions,
  formed?: (before: Float64Array, theta: Float64Array) => void,
): void {
  const { theta, average, adam } = state
  const before = formed === undefined ? null : theta.slice()
  adamStep(adam, theta, gradient, options.rate, options, scale)
  if (before !== null) formed!(before, theta)
  keepBounds(theta, bounds)
  if (!options.average) return
  state.averaged++
  if (state.averaged === 1) average.set(theta)
  else for (let a = 0; a < theta.length; a++) average[a]! += (theta[a]! - average[a]!) / state.averaged
}
