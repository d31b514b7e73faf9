import { allPairs, type Edges, edgesFromPairs, latticePairs } from './edges.js'
import { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './hidden-edges.js'

/** Oscillators and who is coupled to whom; no parameters, no state. */
export interface Network {
  /** number of units with a state of their own: rows of x, the visible ones first, then the label units */
  readonly units: number
  /** number of visible units, which carry data */
  readonly visible: number
  /** number of label units: bistable ones at ±1, clamped to a class */
  readonly labels: number
  /** label couplings to visible units: L on every pair of a visible and a label unit */
  readonly labelsPull: boolean
  /**
   * attempts a unit of time at which two-state hidden units are redrawn from their heat bath; absent when hidden units follow at
   * once, or move as the others do
   */
  readonly flipRate?: number
  /** mobility of each unit relative to the bath's, [units], 0 where it is clamped; null when all are 1 */
  readonly mobility: Float64Array | null
  /** rows and columns of the visible lattice; null for units without geometry */
  readonly lattice: readonly [rows: number, columns: number] | null
  /** couplings between visible units */
  readonly edges: Edges
  /**
   * number of hidden units, which carry no data. Learning takes them to follow the others at once, without a state of their own;
   * `withHiddenStates` gives them one
   */
  readonly hidden: number
  /** who of them is coupled to which visible units, and to which labels */
  readonly hiddenEdges: HiddenEdges
}

/** Units that label units can pull on. */
export const labelTargets = ['visible', 'hidden'] as const

/** Who is coupled: all, or units at most so many rows and columns apart on the lattice. */
type Range = 'all' | number

/** What a network is made of. All units are coupled where nothing is said. */
export interface NetworkOptions {
  /** rows and columns of a lattice, or the number of units without geometry */
  readonly visible: {
    readonly lattice?: readonly [rows: number, columns: number] | undefined
    readonly units?: number | undefined
  }
  /** none when absent */
  readonly hidden?: { readonly units: number } | undefined
  /** what label units pull on; `labelTargets` when it is not said */
  readonly label?: { readonly couplings?: readonly (typeof labelTargets)[number][] | undefined } | undefined
  readonly couplings?: {
    /** between visible units: a range, whose edges run from the lower number to the higher, or pairs [x, y] of units */
    readonly visible?:
      | { readonly range?: Range | undefined; readonly edges?: readonly (readonly [number, number])[] | undefined }
      | undefined
    /** of the hidden unit above a site to visible ones; a radius needs one above each site */
    readonly hidden?: { readonly range?: Range | undefined } | undefined
  }
}

/**
 * Builds a network, for example `createNetwork({ visible: { units: 3 } })`.
 *
 * @param labels - number of label units (see labelUnits)
 * @throws E_INVALID_VALUE for an edge list that names unknown units or a pair twice
 *
 * Cost: O(edges).
 */
export function createNetwork({ visible, hidden, label, couplings = {} }: NetworkOptions, labels = 0): Network {
  const lattice = visible.lattice ?? null
  const visibleCount = lattice === null ? (visible.units ?? 0) : lattice[0] * lattice[1]
  const units = visibleCount + labels
  const { range = 'all', edges } = couplings.visible ?? {}
  const pairs =
    edges ?? (range === 'all' || lattice === null ? allPairs(visibleCount) : latticePairs(...lattice, range))
  const hiddenCount = hidden?.units ?? 0
  const reach = couplings.hidden?.range ?? 'all'
  const seen = reach === 'all' || lattice === null ? allSeen(visibleCount, hiddenCount) : latticeSeen(...lattice, reach)
  const labelUnits = Array.from({ length: labels }, (_, l) => visibleCount + l)
  const pulled = label === undefined ? [] : (label.couplings ?? labelTargets)
  const seenLabels = pulled.includes('hidden') ? labelUnits : []
  return {
    units,
    visible: visibleCount,
    labels,
    labelsPull: pulled.includes('visible'),
    mobility: labels === 0 ? null : new Float64Array(units).fill(1, 0, visibleCount),
    lattice,
    edges: edgesFromPairs(units, pairs),
    hidden: hiddenCount,
    hiddenEdges: hiddenEdgesFromLists(
      units,
      seen.map((list) => [...list, ...seenLabels]),
    ),
  }
}
