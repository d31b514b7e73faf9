import { stateNumber, statesOfRows } from '../network/unit-states.js'
import { type EachIndicator, indicatorTerm } from './indicators.js'
import { tableEdges } from './table-edges.js'
import type { TermOn } from './term.js'

/**
 * A table for each coupling of a categorical unit to another, or to a two-state one,
 *
 *     U = -Σ_(ij) w_ij[s_i, s_j],   φ = -[s_i = a][s_j = b]
 *
 * with the states of the unit that a coupling comes from along the rows, and ±1 as the states number 0 and 1. Parameters: one table after
 * another, row by row ("pair-table"). It has no force: a category is no position.
 *
 * Cost of each method: O(couplings·batch).
 */
export const pairTable: TermOn = (network) => {
  const states = statesOfRows(network)
  const { tables } = network
  const { edges, first, size } = tableEdges(network, (i, j) =>
    states[i] === null || states[j] === null ? 0 : states[i]!.length * states[j]!.length,
  )
  /** the parameter of a coupling whose ends are in these states; -1 where a value is none of their states */
  const parameterAt = (e: number, x: number, y: number) => {
    const [rows, columns] = [states[tables.from[e]!]!, states[tables.to[e]!]!]
    const [a, b] = [stateNumber(rows, x), stateNumber(columns, y)]
    return a < 0 || b < 0 ? -1 : first[e]! + a * columns.length + b
  }
  const each: EachIndicator = (x, batch, visit) => {
    for (const e of edges)
      for (let b = 0, i = tables.from[e]! * batch, j = tables.to[e]! * batch; b < batch; b++) {
        const parameter = parameterAt(e, x[i + b]!, x[j + b]!)
        if (parameter >= 0) visit(parameter, b)
      }
  }
  return {
    ...indicatorTerm(each),
    name: 'pair-table',
    support: 'edge-states',
    size,
    addStateEnergies(theta, unit, own, x, batch, out) {
      for (let k = tables.start[unit]!; k < tables.start[unit + 1]!; k++) {
        const [e, other] = [tables.edge[k]!, tables.neighbour[k]!]
        if (first[e]! < 0) continue
        const isFrom = tables.from[e] === unit
        const stride = isFrom ? states[other]!.length : 1
        for (let b = 0; b < batch; b++) {
          const seen = stateNumber(states[other]!, x[other * batch + b]!)
          if (seen < 0) continue
          const at = first[e]! + (isFrom ? seen : seen * own.length)
          for (let a = 0; a < own.length; a++) out[a * batch + b]! -= theta[at + a * stride]!
        }
      }
    },
  }
}
