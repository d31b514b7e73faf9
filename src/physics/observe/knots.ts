import type { Observer } from '../dynamics/observer.js'
import type { States } from '../network/states.js'
import type { Noising } from '../protocol/noising.js'
import { type GenerationOptions, generationClock } from '../protocol/protocol.js'

/**
 * Keeps the states of all trajectories where generation passes some of the knots.
 *
 * @param knots - numbers of knots after the first, ascending
 * @returns with `states`, [knots] of [units, trajectories]
 */
export function observeKnots(
  noising: Noising,
  options: GenerationOptions,
  knots: readonly number[],
  units: number,
  trajectories: number,
): Observer & { readonly states: readonly States[] } {
  const { slice } = generationClock(noising, options)
  const place = new Map(knots.map((knot, n) => [slice.lastIndexOf(knot - 1), n]))
  const states = knots.map((): States => ({ x: new Float64Array(units * trajectories), batch: trajectories }))
  return {
    trajectories,
    states,
    wants: (index) => place.has(index),
    see({ index, first, batch, x }) {
      const to = states[place.get(index)!]!.x
      for (let i = 0; i < units; i++) to.set(x.subarray(i * batch, (i + 1) * batch), i * trajectories + first)
    },
  }
}
