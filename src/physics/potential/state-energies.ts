import { isTwoState } from '../network/blocks.js'
import { conflictFree } from '../network/colouring.js'
import { statesOfRows } from '../network/unit-states.js'
import { eachTerm, type Potential } from './potential.js'
import type { Term } from './term.js'

/** The units of a network that are redrawn among their states, and what each of their states costs given all others. */
export interface DiscreteUnits {
  /** rows that may be redrawn at once, since none acts on another, class by class */
  readonly classes: readonly Int32Array[]
  /** the states of each row, [units]; null where it is continuous */
  readonly states: readonly (readonly number[] | null)[]
  /** attempts to redraw each row in a unit of time, [units] */
  readonly rate: Float64Array
  /** what each state of a unit costs given all others */
  readonly energies: StateEnergies
  /**
   * the same given two-state hidden units that follow at once, in place of their free energy; null without any
   *
   * @param pull - Σ_h V_ih s_h as it is at each call of `energies`, [units, batch]
   */
  readonly givenHidden: ((pull: Float64Array) => DiscreteUnits) | null
}

/**
 * Energies of a unit's states given all others, up to what all of them have in common: it overwrites `out`, [states, batch].
 *
 * Cost: a multiply-add for each of its couplings and trajectory (see Term.addStateEnergies).
 */
type StateEnergies = (unit: number, x: Float64Array, batch: number, out: Float64Array) => void

/** Those of a potential at θ; null without units that are redrawn. */
export function discreteUnits(potential: Potential, theta: Float64Array): DiscreteUnits | null {
  const { network } = potential
  const rate = new Float64Array(network.units)
  const redrawn: number[] = []
  for (const { first, units, change } of network.blocks)
    if (first !== null && change.kind === 'flips')
      for (let row = first; row < first + units; row++) {
        rate[row] = change.rate
        redrawn.push(row)
      }
  if (redrawn.length === 0) return null
  const states = statesOfRows(network)
  const isDrawn = ({ hiddenStates }: Term) => isTwoState(hiddenStates)
  const given = (pull: Float64Array | null): DiscreteUnits => {
    const terms = potential.terms.filter((term) => pull === null || !isDrawn(term))
    // A term that knows no energies of single units may couple any to any.
    const isLocal = terms.every(({ addStateEnergies }) => addStateEnergies !== undefined)
    const energies = stateEnergies(potential, theta, terms)
    return {
      classes: isLocal ? conflictFree(network, redrawn) : redrawn.map((row) => Int32Array.of(row)),
      states,
      rate,
      energies(unit, x, batch, out) {
        energies(unit, x, batch, out)
        states[unit]!.forEach((state, a) => {
          if (pull !== null) for (let b = 0; b < batch; b++) out[a * batch + b]! -= state * pull[unit * batch + b]!
        })
      },
      givenHidden: pull === null && potential.terms.filter(isDrawn).length === 1 ? given : null,
    }
  }
  return given(null)
}

/** Those of a potential at θ, or of some of its terms, of any unit that has states. */
export function stateEnergies(potential: Potential, theta: Float64Array, terms = potential.terms): StateEnergies {
  const states = statesOfRows(potential.network)
  return (unit, x, batch, out) => {
    out.fill(0)
    eachTerm(potential, (term, own) => {
      if (!terms.includes(term)) return
      if (term.addStateEnergies === undefined) addFromEnergy(term, own(theta), unit, states[unit]!, x, batch, out)
      else term.addStateEnergies(own(theta), unit, states[unit]!, x, batch, out)
    })
  }
}

/** The same for a term that does not say it: its energy with the unit in each of its states. */
function addFromEnergy(
  term: Term,
  theta: Float64Array,
  unit: number,
  states: readonly number[],
  x: Float64Array,
  batch: number,
  out: Float64Array,
): void {
  const moved = x.slice()
  states.forEach((state, a) => {
    moved.fill(state, unit * batch, (unit + 1) * batch)
    term.addForceAndEnergy(theta, moved, batch, null, out.subarray(a * batch, (a + 1) * batch))
  })
}
