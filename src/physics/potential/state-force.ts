import { stateNumber, statesOfRows } from '../network/unit-states.js'
import { tableEdges } from './table-edges.js'
import { type TermOn, termDefaults } from './term.js'

/**
 * A force on a continuous unit for each state of a categorical one that it is coupled to,
 *
 *     U = -Σ_(ij) x_i g_ij[s_j],   F_i = g_ij[s_j],   φ = -x_i [s_j = a]
 *
 * Parameters: the states of one coupling after another ("state-force").
 *
 * Cost of each method: O(couplings·batch).
 */
export const stateForce: TermOn = (network) => {
  const states = statesOfRows(network)
  const { from, to, start, neighbour, edge } = network.tables
  const { edges, first, size } = tableEdges(
    network,
    (i, j) => (states[i] === null ? states[j]! : states[j] === null ? states[i]! : []).length,
  )
  /** visits every coupling of every state: its parameter there, the trajectory, and the continuous unit's place in x */
  const each = (x: Float64Array, batch: number, visit: (parameter: number, b: number, at: number) => void) => {
    for (const e of edges) {
      const [unit, category] = states[from[e]!] === null ? [from[e]!, to[e]!] : [to[e]!, from[e]!]
      for (let b = 0; b < batch; b++) {
        const state = stateNumber(states[category]!, x[category * batch + b]!)
        if (state >= 0) visit(first[e]! + state, b, unit * batch + b)
      }
    }
  }
  return {
    ...termDefaults,
    name: 'state-force',
    support: 'edge-states',
    size,
    givenStates: 'linear',
    addForceAndEnergy(theta, x, batch, force, energy) {
      each(x, batch, (parameter, b, at) => {
        if (force !== null) force[at]! += theta[parameter]!
        if (energy !== null) energy[b]! -= theta[parameter]! * x[at]!
      })
    },
    addStatistic(_theta, x, batch, out, weights = null) {
      each(x, batch, (parameter, b, at) => {
        out[parameter]! -= x[at]! * (weights === null ? 1 : weights[b]!)
      })
    },
    addStateEnergies(theta, unit, own, x, batch, out) {
      for (let k = start[unit]!; k < start[unit + 1]!; k++) {
        const [e, other] = [edge[k]!, neighbour[k]! * batch]
        if (first[e]! < 0) continue
        for (let a = 0; a < own.length; a++)
          for (let b = 0; b < batch; b++) out[a * batch + b]! -= theta[first[e]! + a]! * x[other + b]!
      }
    },
    addDirectional(_theta, x, r, batch, out) {
      each(x, batch, (parameter, _b, at) => {
        out[parameter]! -= r[at]!
      })
    },
    addSquaredGradient(_theta, x, batch, out) {
      each(x, batch, (parameter) => {
        out[parameter]!++
      })
    },
    // Linear in x.
    addLaplacian() {},
    addHessian() {},
  }
}
