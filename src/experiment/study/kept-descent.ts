import { restore } from '../../backend/resume.js'
import { type DescentCourse, startDescent } from '../../learning/objectives/descend.js'
import type { Cost, Landscape } from '../../learning/objectives/landscape.js'
import type { Objective } from '../../learning/objectives/objective.js'
import type { Memory } from '../../physics/dynamics/observer.js'
import type { Going } from './study.js'

/** Learning by an objective between two iterations, as plain data. */
export interface DescentState {
  readonly theta: Float64Array
  readonly course: DescentCourse
  readonly memory: Memory
  readonly cost: Cost
}

/** What a descent moves. */
interface Descending {
  readonly landscape: Landscape
  readonly objective: Objective
  /** [size]; changed in place where it goes on */
  readonly theta: Float64Array
}

/**
 * A descent that goes on where it was kept: all that its parts carry is put back, bit for bit.
 *
 * @param own - what its caller carries beside it, as plain data
 * @returns where it goes on, and its state at any later iteration; no state where the objective does not show what it carries
 * @throws E_FORMAT for the state of another study
 */
export function keptDescent<State extends DescentState>(
  { landscape, objective, theta }: Descending,
  { found, unfit }: Pick<Going<State>, 'found' | 'unfit'>,
  own: () => Omit<State, keyof DescentState>,
): { readonly course: DescentCourse; readonly state: (() => State) | undefined } {
  const { cost } = landscape
  const { memory } = objective
  if (memory === undefined) return { course: startDescent(theta.length), state: undefined }
  if (found !== null) {
    if (!restore(found.memory, memory) || !restore({ theta: found.theta }, { theta })) throw unfit()
    Object.assign(cost, found.cost)
  }
  const course = found?.course ?? startDescent(theta.length)
  return { course, state: () => ({ ...own(), theta, course, memory, cost }) as State }
}
