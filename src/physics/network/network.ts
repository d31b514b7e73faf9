import { invalidValue } from '../../errors.js'
import { type Block, type PlacedBlock, type Role, refusedBlocks, twoStates } from './blocks.js'
import {
  countOf,
  couplingLists,
  type DescribedUnits,
  described,
  isShared,
  type VisibleCouplings,
  visiblePairs,
} from './described.js'
import type { Edges } from './edges.js'
import type { Sites } from './geometry.js'
import { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './hidden-edges.js'
import { type HiddenOptions, learnedHidden } from './hidden-kind.js'
import { type UnitBaths, withBaths } from './unit-baths.js'

/** Who is coupled to whom. */
export interface Couplings {
  /** rows and columns of the visible lattice; null for units without geometry */
  readonly lattice: readonly [rows: number, columns: number] | null
  /** couplings between visible units, and shared hidden ones (see Block), whose states are numbers */
  readonly edges: Edges
  /** the same where either end is categorical */
  readonly tables: Edges
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
  /** rows that the terms of units and of their couplings are on: visible ones, and shared hidden ones */
  readonly ordinary: Int32Array
  /** mobility of each row relative to the bath's, [units], 0 where it flips or is clamped; null when all are 1 */
  readonly mobility: Float64Array | null
  /** temperature of each row relative to the bath's, [units]; null when all are 1 */
  readonly temperature: Float64Array | null
  /** correlation time of each row that is an Ornstein–Uhlenbeck process of its own, [units], 0 elsewhere; null without any */
  readonly correlationTime: Float64Array | null
  /** walls and periods of each row; null without any */
  readonly coordinates: Coordinates | null
}

/** Where units can be, [units] each. */
export interface Coordinates {
  /** walls that reflect, ∓Infinity where there are none */
  readonly lower: Float64Array
  readonly upper: Float64Array
  /** what an angle repeats after, 0 for other coordinates; states stay unwrapped */
  readonly period: Float64Array
}

/** Whether any unit has a wall. */
export function hasWalls(coordinates: Coordinates | null | undefined): coordinates is Coordinates {
  return coordinates != null && (coordinates.lower.some(Number.isFinite) || coordinates.upper.some(Number.isFinite))
}

/**
 * A network of blocks.
 *
 * @throws E_INVALID_VALUE for blocks that can't be (see refusedBlocks)
 */
export function networkOf(blocks: readonly Block[], couplings: Couplings): Network {
  const { lattice, edges, tables, hiddenEdges, labelsPull } = couplings
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
  const rows = (value: (block: PlacedBlock) => number) => perRow(placed, units, value)
  const ordinary = placed.flatMap(({ role, shared, first, units }) =>
    role === 'visible' || shared === true ? Array.from({ length: units }, (_, n) => first! + n) : [],
  )
  const count = (role: Role) => blocks.reduce((sum, block) => sum + (block.role === role ? block.units : 0), 0)
  return {
    blocks: placed,
    units,
    visible: count('visible'),
    labels: count('label'),
    hidden: count('hidden'),
    mobility: mobility.every((relative) => relative === 1) ? null : mobility,
    temperature: unlessAll(
      1,
      rows(({ temperature = 1 }) => temperature),
    ),
    correlationTime: unlessAll(
      0,
      rows(({ change }) => (change.kind === 'ornstein-uhlenbeck' ? change.time : 0)),
    ),
    coordinates: blocks.some(({ walls, period }) => walls !== undefined || period !== undefined)
      ? {
          lower: rows(({ walls }) => walls?.[0] ?? -Infinity),
          upper: rows(({ walls }) => walls?.[1] ?? Infinity),
          period: rows(({ period = 0 }) => period),
        }
      : null,
    ordinary: Int32Array.from(ordinary),
    ...{ lattice, edges, tables, hiddenEdges, labelsPull },
  }
}

/** A value for each row of x. */
function perRow(blocks: readonly PlacedBlock[], units: number, value: (block: PlacedBlock) => number): Float64Array {
  const out = new Float64Array(units)
  for (const block of blocks) if (block.first !== null) out.fill(value(block), block.first, block.first + block.units)
  return out
}

function unlessAll(usual: number, values: Float64Array): Float64Array | null {
  return values.every((value) => value === usual) ? null : values
}

/** What hidden units with a term of their own are; undefined without any. */
export function hiddenBlock({ blocks }: Network): PlacedBlock | undefined {
  return blocks.find(({ role, shared }) => role === 'hidden' && shared === undefined)
}

/** Units that label units can pull on. */
export const labelTargets = ['visible', 'hidden'] as const

/** What a network is made of. All units are coupled where nothing is said; on a ring, a chain and a triangular lattice the next. */
export interface NetworkOptions {
  /** rows and columns of a lattice, units on a ring or a chain, a number of units without geometry, or blocks of these */
  readonly visible: DescribedUnits & Sites
  /** temperatures and mobilities of units of their own */
  readonly baths?: UnitBaths | undefined
  /** none when absent; with `states` or `blocks` they have the terms of visible ones, else one of their own */
  readonly hidden?: (Omit<DescribedUnits, keyof Sites> & HiddenOptions) | undefined
  /** what label units pull on; `labelTargets` when it is not said */
  readonly label?: { readonly couplings?: readonly (typeof labelTargets)[number][] | undefined } | undefined
  /** who is coupled to whom */
  readonly couplings?:
    | {
        /**
         * between visible units: a range, on a lattice that may be joined to a torus (`periodic`), whose edges run as pairsBetween says,
         * or pairs [x, y] of units
         */
        readonly visible?: VisibleCouplings | undefined
        /** of the hidden unit above a site to visible ones; a radius needs one above each site */
        readonly hidden?: { readonly range?: 'all' | number | undefined } | undefined
      }
    | undefined
}

/**
 * Builds a network, for example `createNetwork({ visible: { units: 3 } })`.
 *
 * Hidden units with a term of their own are as they are learned: they follow at once (see withHiddenStates).
 *
 * @param labels - number of label units (see labelUnits)
 * @throws E_INVALID_VALUE for an edge list that names unknown units or a pair twice
 *
 * Cost: O(edges).
 */
export function createNetwork({ visible, baths, hidden, label, couplings = {} }: NetworkOptions, labels = 0): Network {
  const lattice = visible.lattice ?? null
  const visibleCount = countOf(visible)
  const shared = hidden !== undefined && isShared(hidden)
  const hiddenCount = hidden === undefined ? 0 : countOf(hidden)
  const told = visibleCount + labels
  const reach = couplings.hidden?.range ?? 'all'
  const seen = reach === 'all' || lattice === null ? allSeen(visibleCount, hiddenCount) : latticeSeen(...lattice, reach)
  const labelUnits = Array.from({ length: labels }, (_, l) => visibleCount + l)
  const pulled = label === undefined ? [] : (label.couplings ?? labelTargets)
  const seenLabels = pulled.includes('hidden') ? labelUnits : []
  const blocks: Block[] = [
    ...described('visible', { ...visible, units: visibleCount }),
    { role: 'label', units: labels, states: twoStates, change: { kind: 'clamped' } },
    ...(shared
      ? described('hidden', hidden).map((block): Block => ({ ...block, shared: true }))
      : [{ role: 'hidden', units: hiddenCount, ...learnedHidden(hidden ?? {}) } as const]),
  ]
  const pairs = [
    ...visiblePairs(visible, couplings.visible),
    ...(shared ? seen.flatMap((list, h) => list.map((i): [number, number] => [i, told + h])) : []),
  ]
  return networkOf(
    withBaths(
      blocks.filter(({ role, units }) => role === 'visible' || units > 0),
      baths,
    ),
    {
      lattice,
      ...couplingLists(shared ? told + hiddenCount : told, pairs, blocks),
      hiddenEdges: hiddenEdgesFromLists(told, shared ? [] : seen.map((list) => [...list, ...seenLabels])),
      labelsPull: pulled.includes('visible'),
    },
  )
}
