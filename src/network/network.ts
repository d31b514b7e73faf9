import type { Scenario } from '../scenario/schema.js'
import { allPairs, type Edges, edgesFromPairs, latticePairs } from './edges.js'

/** Oscillators and who is coupled to whom; no parameters, no state. */
export interface Network {
  /** number of visible units */
  readonly units: number
  /** rows and columns of the visible lattice; null for units without geometry */
  readonly lattice: readonly [rows: number, columns: number] | null
  readonly edges: Edges
}

/**
 * The network of a scenario.
 *
 * @throws E_INVALID_VALUE for an edge list that names unknown units or a pair twice
 */
export function createNetwork(scenario: Scenario['network']): Network {
  const { visible, couplings } = scenario
  const lattice = visible.lattice ?? null
  const units = lattice === null ? (visible.units ?? 0) : lattice[0] * lattice[1]
  const { range = 'all', edges } = couplings.visible
  if (edges !== undefined) return { units, lattice, edges: edgesFromPairs(units, edges) }
  const pairs = range === 'all' || lattice === null ? allPairs(units) : latticePairs(lattice[0], lattice[1], range)
  return { units, lattice, edges: edgesFromPairs(units, pairs) }
}
