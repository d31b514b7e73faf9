import { rowsOfKind, stateNumber, statesOfRows } from '../network/unit-states.js'
import { type EachIndicator, indicatorTerm } from './indicators.js'
import type { TermOn } from './term.js'

/**
 * A bias for each state of each categorical unit, the state's log-weight times kT where nothing else acts on it:
 *
 *     U = -Σ_i h_i[s_i],   φ = -[s_i = a]
 *
 * Parameters: the states of one unit after another ("state-bias"). It has no force: a category is no position.
 *
 * Cost of each method: O(units·batch).
 */
export const stateBias: TermOn = (network) => {
  const states = statesOfRows(network)
  const rows = rowsOfKind(network, ['categorical'])
  const first = new Int32Array(network.units).fill(-1)
  let size = 0
  for (const row of rows) {
    first[row] = size
    size += states[row]!.length
  }
  /** visits every unit of every state with the parameter of the state that it is in */
  const each: EachIndicator = (x, batch, visit) => {
    for (const row of rows)
      for (let b = 0; b < batch; b++) {
        const state = stateNumber(states[row]!, x[row * batch + b]!)
        if (state >= 0) visit(first[row]! + state, b)
      }
  }
  return {
    ...indicatorTerm(each),
    name: 'state-bias',
    support: 'unit-states',
    size,
    addStateEnergies(theta, unit, _states, _x, batch, out) {
      if (first[unit]! < 0) return
      for (let n = 0; n < out.length; n++) out[n]! -= theta[first[unit]! + Math.floor(n / batch)]!
    },
  }
}
