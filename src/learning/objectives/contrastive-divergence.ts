import type { States } from '../../physics/network/states.js'
import type { Move } from './moves.js'
import type { DataPhase, Objective } from './objective.js'

/** Short runs or persistent chains. */
export interface ChainOptions {
  /** what moves the chains */
  readonly move: Move
  /** k, moves of a chain between two gradients */
  readonly steps: number
  /** of its random numbers */
  readonly seed: number
  /** states of the data phase */
  readonly data: DataPhase
  /** chains that go on from one iteration to the next; each starts at the data when absent */
  readonly chains?: States | undefined
}

/**
 * Contrastive divergence: the model is stood in for by chains that move k times, from the data (CD-k) or from
 * where they were (persistent, PCD); the gradient is ⟨φ⟩_data - ⟨φ⟩_chains. Local. Chains that can't cross a barrier know
 * nothing of the weights on its sides: CD does not move those, and PCD keeps its own.
 *
 * Cost of an iteration: k moves of each chain.
 * Source: Hinton, Neural Comput. 14, 1771 (2002); Tieleman, ICML (2008).
 */
export function chainObjective({ move, steps, seed, data, chains }: ChainOptions): Objective {
  let room = new Float64Array(0)
  const copyOf = ({ x, batch }: States): States => {
    if (room.length !== x.length) room = new Float64Array(x.length)
    room.set(x)
    return { x: room, batch }
  }
  return {
    name: chains === undefined ? 'short-run' : 'persistent',
    locality: 'local',
    memory: chains === undefined ? {} : { chains: chains.x },
    phases(theta, iteration) {
      const positive = data(iteration, theta)
      const states = chains ?? copyOf(positive)
      move(theta, states, seed, iteration * steps, steps)
      return [positive, { ...states, name: 'chains', scale: -1, weights: null }]
    },
  }
}
