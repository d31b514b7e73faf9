import { invalidValue, listed } from '../../errors.js'
import { isTwoState, twoStates } from '../network/blocks.js'
import { defaultRate } from '../network/described.js'
import { edgesFromPairs } from '../network/edges.js'
import { hiddenEdgesFromLists } from '../network/hidden-edges.js'
import { type Network, networkOf } from '../network/network.js'
import { statesOfRows } from '../network/unit-states.js'
import { type MachineParameters, machineParameters } from './machine-parameters.js'
import { bias } from './onsite.js'
import { bilinear } from './pair.js'
import { groupSlice, type Potential, potentialOf } from './potential.js'

/** A restricted Boltzmann machine whose hidden units have states of their own. */
export interface ExplicitMachine {
  /** of bias and bilinear terms, on rows for the visible units and then the hidden ones */
  readonly potential: Potential
  readonly parameters: MachineParameters
  /** its parameters, from those of the machine whose hidden units follow at once */
  thetaOf(theta: Float64Array): Float64Array
}

/**
 * The same machine as one whose hidden units follow at once: summed over theirs, its law is e^(-U/kT) of that one, free energies
 * A = -kT log 2cosh(u/kT) and all, so that both have one log Z.
 *
 * @throws E_INVALID_VALUE for a potential of other units or terms (see refused)
 */
export function explicitMachine(of: Potential): ExplicitMachine {
  const refusal = refused(of)
  if (refusal !== null)
    throw invalidValue(
      `this is for a restricted Boltzmann machine: visible units of two states with a bias, coupled to bistable hidden ones alone; ${refusal}.`,
      'network',
    )
  const potential = potentialOf(explicitNetwork(of.network), [bias, bilinear])
  const { visible } = of.network
  const from = new Map(of.groups.map((group) => [group.name, group]))
  const [biases, couplings] = potential.groups
  return {
    potential,
    parameters: machineParameters(potential),
    thetaOf(theta) {
      const part = (name: string) => (from.has(name) ? groupSlice(from.get(name)!, theta) : [])
      const out = new Float64Array(potential.size)
      groupSlice(biases!, out).set(part('bias'))
      groupSlice(biases!, out).set(part('hidden-bias'), visible)
      // U has +J x s where a hidden unit has -V x s.
      groupSlice(couplings!, out).set(Float64Array.from(part('hidden-coupling'), (V) => -V))
      return out
    },
  }
}

/** Why a potential is none, as half a sentence; null where it is. */
function refused({ network, terms }: Potential): string | null {
  const others = terms.filter(
    ({ name, hiddenStates, size }) => name !== 'bias' && !isTwoState(hiddenStates) && size > 0,
  )
  if (others.length > 0) return `its potential has ${listed(others.map(({ name }) => name))} too`
  if (!terms.some(({ hiddenStates }) => isTwoState(hiddenStates))) return 'it has no hidden units that follow at once'
  if (network.labels > 0 || !statesOfRows(network).every(isTwoState)) return 'some of its units are not of two states'
  return null
}

function explicitNetwork({ lattice, visible, hidden, hiddenEdges }: Network): Network {
  const units = visible + hidden
  const pairs = Array.from(hiddenEdges.visible, (i, e): [number, number] => [i, visible + hiddenEdges.hidden[e]!])
  const spins = { states: twoStates, change: { kind: 'flips', rate: defaultRate } } as const
  return networkOf(
    [
      { role: 'visible', units: visible, ...spins },
      { role: 'hidden', units: hidden, ...spins, shared: true },
    ],
    {
      lattice,
      edges: edgesFromPairs(units, pairs),
      tables: edgesFromPairs(units, []),
      hiddenEdges: hiddenEdgesFromLists(visible, []),
      labelsPull: false,
    },
  )
}
