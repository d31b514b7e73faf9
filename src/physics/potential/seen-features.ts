import { hiddenEdgesFromLists } from '../network/hidden-edges.js'
import type { Network } from '../network/network.js'
import { hasStates, kindOf, stateNumber, statesOfRows } from '../network/unit-states.js'
import type { Layers } from './hidden-coupling.js'
import { scratch } from './term.js'

/**
 * What hidden units see of the others, as numbers that they are linear in: those of continuous and two-state units as they are, and of a
 * categorical unit the indicators [x_i = a] of its states, each with a coupling of its own, since a name is no quantity:
 *
 *     u_h = Σ_i V_ih x_i + Σ_i Σ_a V_(i,a)h [x_i = a] + b_h
 *
 * Its layers are the features, in the order of the units and of their states, and the hidden units.
 */
export interface SeenFeatures extends Layers {
  /** the row of x that a feature is, [features]; -1 for an indicator, which no force acts through */
  readonly rows: Int32Array
  /** whether all features are numbers: they are x itself, and nothing is copied */
  readonly areNumbers: boolean
  /** features [features, batch] of states x [units, batch]; they hold until the next call */
  of(x: Float64Array, batch: number): Float64Array
  /** how they change along r [units, batch], indicators not at all; it holds until the next call */
  along(r: Float64Array, batch: number): Float64Array
  /** force += what acts on the features, [features, batch] */
  addPull(pull: Float64Array, batch: number, force: Float64Array): void
}

/** Those of a network. */
export function seenFeatures(network: Network): SeenFeatures {
  const states = statesOfRows(network)
  const isName = states.map((own) => kindOf(own) === 'categorical')
  if (!hasStates(network) || !isName.includes(true)) return numbers(network)
  const first = new Int32Array(network.units)
  let units = 0
  states.forEach((own, row) => {
    first[row] = units
    units += isName[row] ? own!.length : 1
  })
  const { hidden, hiddenEdges } = network
  const numbered = (row: number) =>
    Array.from({ length: isName[row] ? states[row]!.length : 1 }, (_, a) => first[row]! + a)
  // Mostly all hidden units see the same ones: a list of many states is made once.
  const known = new Map<string, number[]>()
  const seen = Array.from({ length: hidden }, (_, h) => {
    const of = [...hiddenEdges.visible.subarray(hiddenEdges.start[h], hiddenEdges.start[h + 1])]
    const key = of.join()
    const own = known.get(key) ?? of.flatMap(numbered)
    known.set(key, own)
    return own
  })
  const rows = new Int32Array(units).fill(-1)
  isName.forEach((named, row) => {
    if (!named) rows[first[row]!] = row
  })
  const write = (x: Float64Array, batch: number, indicates: boolean, out: Float64Array) => {
    out.fill(0)
    states.forEach((own, row) => {
      const from = x.subarray(row * batch, (row + 1) * batch)
      if (!isName[row]) out.set(from, first[row]! * batch)
      else if (indicates)
        for (let b = 0; b < batch; b++) {
          const state = stateNumber(own!, from[b]!)
          if (state >= 0) out[(first[row]! + state) * batch + b] = 1
        }
    })
    return out
  }
  const [features, changes] = [scratch(), scratch()]
  return {
    units,
    hidden,
    hiddenEdges: hiddenEdgesFromLists(units, seen),
    rows,
    areNumbers: false,
    of: (x, batch) => write(x, batch, true, features(units * batch)),
    along: (r, batch) => write(r, batch, false, changes(units * batch)),
    addPull(pull, batch, force) {
      rows.forEach((row, n) => {
        if (row >= 0) for (let b = 0; b < batch; b++) force[row * batch + b]! += pull[n * batch + b]!
      })
    },
  }
}

function numbers({ units, hidden, hiddenEdges }: Network): SeenFeatures {
  return {
    ...{ units, hidden, hiddenEdges },
    rows: Int32Array.from({ length: units }, (_, row) => row),
    areNumbers: true,
    of: (x) => x,
    along: (r) => r,
    addPull(pull, _batch, force) {
      for (let n = 0; n < pull.length; n++) force[n]! += pull[n]!
    },
  }
}
