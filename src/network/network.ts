import type { Scenario } from '../scenario/schema.js'
import { allPairs, type Edges, edgesFromPairs, latticePairs } from './edges.js'
import { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './hidden-edges.js'

/** Oscillators and who is coupled to whom; no parameters, no state. */
export interface Network {
  /** number of visible units */
  readonly units: number
  /** rows and columns of the visible lattice; null for units without geometry */
  readonly lattice: readonly [rows: number, columns: number] | null
  readonly edges: Edges
  /** number of hidden units, which carry no data and have no state of their own: they follow the visible ones at once */
  readonly hidden: number
  /** who of them is coupled to which visible units */
  readonly hiddenEdges: HiddenEdges
}

/**
 * The network of a scenario.
 *
 * @throws E_INVALID_VALUE for an edge list that names unknown units or a pair twice
 */
export function createNetwork({ visible, hidden, couplings }: Scenario['network']): Network {
  const lattice = visible.lattice ?? null
  const units = lattice === null ? (visible.units ?? 0) : lattice[0] * lattice[1]
  const { range = 'all', edges } = couplings.visible
  const pairs =
    edges ?? (range === 'all' || lattice === null ? allPairs(units) : latticePairs(lattice[0], lattice[1], range))
  const hiddenCount = hidden?.units ?? 0
  const reach = couplings.hidden?.range ?? 'all'
  const seen =
    reach === 'all' || lattice === null ? allSeen(units, hiddenCount) : latticeSeen(lattice[0], lattice[1], reach)
  return {
    units,
    lattice,
    edges: edgesFromPairs(units, pairs),
    hidden: hiddenCount,
    hiddenEdges: hiddenEdgesFromLists(units, seen),
  }
}
