import { type AdamOptions, type AdamState, adamStep, createAdam } from '../rules/adam.js'
import { annealedRate } from '../rules/descent.js'
import { keepBounds } from '../rules/parameter-scales.js'
import type { Landscape } from './landscape.js'
import { contrast, type Objective } from './objective.js'

/** How the gradient is followed: so many steps of a rate, plain ones or Adam's. */
export interface DescentSettings {
  /** steps of the descent */
  readonly iterations: number
  /** share of the rate that is left at the end, to which it falls by a cosine; 1 when absent */
  readonly finalRate?: number | undefined
  /** plain steps of a rate, or Adam's; rates in units of the parameters */
  readonly optimizer:
    | { readonly kind: 'sgd'; readonly rate: number }
    | ({ readonly kind: 'adam'; readonly rate: number; readonly epsilon?: number | undefined } & AdamOptions)
}

/** What a descent carries from one iteration to the next, beside θ and what its objective carries: plain data. */
export interface DescentCourse {
  /** iterations done */
  iteration: number
  readonly adam: AdamState
}

/** A descent of so many parameters that has not begun. */
export function startDescent(parameters: number): DescentCourse {
  return { iteration: 0, adam: createAdam(parameters) }
}

/**
 * Follows an objective's gradient: θ' = θ - rate · contrast/kT by plain steps, or Adam's; frozen parameters stay, bounds
 * hold, and the objective follows each step.
 *
 * @param theta - [size]; changed in place
 * @param frozen - [size], 1 where a parameter stays
 * @param course - where it goes on; changed in place
 * @returns a generator that yields the number of iterations done: the caller may measure, pause or stop there
 */
export function* descend(
  { potential, bath, arithmetic }: Landscape,
  objective: Objective,
  theta: Float64Array,
  frozen: Uint8Array,
  { iterations, optimizer, finalRate = 1 }: DescentSettings,
  course = startDescent(theta.length),
): Generator<number, void, void> {
  const gradient = new Float64Array(potential.size)
  while (course.iteration < iterations) {
    const { iteration } = course
    contrast(potential, theta, objective.phases(theta, iteration), gradient, arithmetic)
    const before = theta.slice()
    for (let a = 0; a < gradient.length; a++) gradient[a]! /= bath.kT
    const rate = annealedRate({ rate: optimizer.rate, finalRate }, iteration / iterations)
    if (optimizer.kind === 'adam') adamStep(course.adam, theta, gradient, rate, optimizer)
    else for (let a = 0; a < theta.length; a++) theta[a]! -= rate * gradient[a]!
    for (let a = 0; a < theta.length; a++) if (frozen[a] === 1) theta[a] = before[a]!
    keepBounds(theta, potential.lowerBound)
    objective.follow?.(before, theta, iteration)
    course.iteration++
    yield course.iteration
  }
}
