import { invalidValue } from '../../errors.js'
import { type Block, type PlacedBlock, type Role, refusedBlocks, twoStates } from './blocks.js'
import { allPairs, type Edges, edgesFromPairs, latticePairs } from './edges.js'
import { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './hidden-edges.js'
import { type HiddenOptions, learnedHidden } from './hidden-kind.js'

/** Who is coupled to whom. */
export interface Couplings {
  /** rows and columns of the visible lattice; null for units without geometry */
  readonly lattice: readonly [rows: number, columns: number] | null
  /** couplings between visible units */
  readonly edges: Edges
  /** which visible units, and which labels, each hidden unit is coupled to */
  readonly hiddenEdges: HiddenEdges
  /** label couplings to visible units: L on every pair of a visible and a label unit */
  readonly labelsPull: boolean
}

/**
 * Units and who is coupled to whom; no parameters, no state. `blocks` says what the units are; all but the couplings is read off
 * them (see networkOf).
 */
export interface Network extends Couplings {
  /** what the units are, visible ones first, then label units, then hidden ones */
  readonly blocks: readonly PlacedBlock[]
  /** number of units with a state of their own: rows of x */
  readonly units: number
  /** number of visible units, which carry data: the first rows of x */
  readonly visible: number
  /** number of label units, clamped to a class: the next rows */
  readonly labels: number
  /** number of hidden units, which carry no data: the last rows, where they have any */
  readonly hidden: number
  /** mobility of each row relative to the bath's, [units], 0 where it flips or is clamped; null when all are 1 */
  readonly mobility: Float64Array | null
}

/**
 * A network of blocks.
 *
 * @throws E_INVALID_VALUE for blocks that can't be (see refusedBlocks)
 */
export function networkOf(blocks: readonly Block[], { lattice, edges, hiddenEdges, labelsPull }: Couplings): Network {
  const refused = refusedBlocks(blocks)
  if (refused !== null) throw invalidValue(`${refused}.`, 'network')
  let units = 0
  const placed = blocks.map((block): PlacedBlock => {
    if (block.change.kind === 'at-once') return { ...block, first: null }
    units += block.units
    return { ...block, first: units - block.units }
  })
  const mobility = new Float64Array(units)
  for (const { first, units, change } of placed)
    if (first !== null && change.kind === 'langevin') mobility.fill(change.mobility, first, first + units)
  const count = (role: Role) => blocks.reduce((sum, block) => sum + (block.role === role ? block.units : 0), 0)
  return {
    blocks: placed,
    units,
    visible: count('visible'),
    labels: count('label'),
    hidden: count('hidden'),
    mobility: mobility.every((relative) => relative === 1) ? null : mobility,
    ...{ lattice, edges, hiddenEdges, labelsPull },
  }
}

/** What the hidden units of a network are; undefined without any. */
export function hiddenBlock({ blocks }: Network): PlacedBlock | undefined {
  return blocks.find(({ role }) => role === 'hidden')
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
  readonly hidden?: ({ readonly units: number } & HiddenOptions) | undefined
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
 * Hidden units are as they are learned: they follow at once (see withHiddenStates).
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
  const blocks: Block[] = [
    { role: 'visible', units: visibleCount, states: null, change: { kind: 'langevin', mobility: 1 } },
    { role: 'label', units: labels, states: twoStates, change: { kind: 'clamped' } },
    { role: 'hidden', units: hiddenCount, ...learnedHidden(hidden ?? {}) },
  ]
  return networkOf(
    blocks.filter(({ role, units }) => role === 'visible' || units > 0),
    {
      lattice,
      edges: edgesFromPairs(units, pairs),
      hiddenEdges: hiddenEdgesFromLists(
        units,
        seen.map((list) => [...list, ...seenLabels]),
      ),
      labelsPull: pulled.includes('visible'),
    },
  )
}
