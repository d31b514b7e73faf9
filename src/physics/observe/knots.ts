import { allJoined, type Observer } from '../dynamics/observer.js'
import type { States } from '../network/states.js'

/**
 * The step of generation that ends at each knot, -1 for one at the start.
 *
 * @param knots - their times, descending
 * @param clock - noise time after each step, [steps + 1]
 */
export function stepsAtKnots(knots: readonly number[], clock: Float64Array): number[] {
  return knots.map((t) => nearestPlace(clock, t) - 1)
}

/** Where in a descending list a value is nearest. */
function nearestPlace(descending: Float64Array, value: number): number {
  let place = descending.findIndex((entry) => entry <= value)
  if (place < 0) place = descending.length - 1
  return place > 0 && descending[place - 1]! - value < value - descending[place]! ? place - 1 : place
}

/** States where generation passes knots, [knots] of [units, trajectories]. */
export interface KnotStates extends Observer {
  readonly states: readonly States[]
}

/**
 * Keeps the states of all trajectories where generation passes some of the knots.
 *
 * @param knots - their times, descending
 * @param clock - noise time after each step, [steps + 1]
 */
export function observeKnots(
  knots: readonly number[],
  clock: Float64Array,
  units: number,
  trajectories: number,
): KnotStates {
  const place = new Map(stepsAtKnots(knots, clock).map((step, n) => [step, n]))
  const states = knots.map((): States => ({ x: new Float64Array(units * trajectories), batch: trajectories }))
  const memory = Object.fromEntries(states.map(({ x }, n) => [String(n), x]))
  return {
    trajectories,
    states,
    memory,
    joins: allJoined('columns', memory),
    wants: (index) => place.has(index),
    see({ index, first, batch, x }) {
      const to = states[place.get(index)!]!.x
      const seen = Math.min(batch, trajectories - first)
      for (let i = 0; i < units; i++) to.set(x.subarray(i * batch, i * batch + seen), i * trajectories + first)
    },
  }
}
