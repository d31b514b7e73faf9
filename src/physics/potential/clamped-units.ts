import { invalidValue } from '../../errors.js'
import { edgesFromPairs } from '../network/edges.js'
import { hiddenEdgesFromLists } from '../network/hidden-edges.js'
import { type Network, networkOf } from '../network/network.js'
import { createPotential, groupSlice, type ParameterGroup, type Potential, type PotentialOptions } from './potential.js'

/** A network some of whose visible units are held where they are put: what the others do given those. */
export interface ClampedUnits {
  /** its rows are the units that move, then the visible ones that are held, then label units */
  readonly potential: Potential
  /** unit of the whole network that each row is, [units] */
  readonly order: readonly number[]
  /** its parameters, from those of the whole network */
  parameters(theta: Float64Array): Float64Array
}

/**
 * Holds visible units: they become clamped units as labels are, whatever their values, so that all that moves a network with
 * label units moves this one. A coupling J_ij of a unit that moves to one that is held is a pull L_ij = -J_ij; the energy is that of
 * the whole network but for a part that only the held units have, which does no work on the others.
 *
 * @param whole - hidden units, if there are any, follow at once
 * @param options - the terms that it was made of, and kT of its bath
 * @param held - of each visible unit, [visible]
 * @throws E_INVALID_VALUE where nothing or all is held, or for pair terms other than bilinear: no pull is their like
 *
 * Cost: O(parameters) for each conversion.
 */
export function clampUnits(
  whole: Potential,
  options: PotentialOptions,
  kT: number,
  held: readonly boolean[],
): ClampedUnits {
  const { network } = whole
  const units = Array.from({ length: network.visible }, (_, i) => i)
  const [moving, still] = [units.filter((i) => !held[i]), units.filter((i) => held[i])]
  if (moving.length === 0 || still.length === 0)
    throw invalidValue(`expected known and unknown units, got ${still.length} known of ${units.length}.`, 'known')
  const other = (options.pair ?? []).find((term) => term !== 'bilinear')
  if (other !== undefined)
    throw invalidValue(
      'units are held with bilinear couplings only; other pair terms have no pull that does the same. Remove them.',
      'potential.pair',
    )
  const labels = Array.from({ length: network.labels }, (_, l) => network.visible + l)
  const order = [...moving, ...still, ...labels]
  const rowOf = new Int32Array(order.length)
  order.forEach((unit, row) => {
    rowOf[unit] = row
  })
  const { placed, edgeOf } = clampedNetwork(network, rowOf, moving.length)
  const potential = createPotential(placed, { ...options, features: undefined }, kT)
  const own = new Map(potential.groups.map((group) => [group.name, group]))
  return {
    potential,
    order,
    parameters(theta) {
      const out = new Float64Array(potential.size)
      const to = (name: string) => groupSlice(own.get(name)!, out)
      for (const group of whole.groups) {
        const values = groupSlice(group, theta)
        if (group.name === 'bilinear') placeCouplings(network, rowOf, moving.length, values, to)
        else if (group.name === 'label-coupling')
          labels.forEach((_, l) => {
            const row = (still.length + l) * moving.length
            moving.forEach((i, n) => {
              to(group.name)[row + n] = values[l * network.visible + i]!
            })
          })
        else to(group.name).set(picked(group, values, moving, edgeOf))
      }
      return out
    },
  }
}

/** The values that stay, in the new order: of units that move, of hidden units' edges, or as they are. */
function picked(
  { name, support }: ParameterGroup,
  values: Float64Array,
  moving: readonly number[],
  edgeOf: Int32Array,
): Float64Array {
  if (support === 'unit') return Float64Array.from(moving, (i) => values[i]!)
  return name === 'hidden-coupling' ? Float64Array.from(edgeOf, (e) => values[e]!) : values
}

/** J between units that move; -J to those that are held, [held, moving]; what is between those acts on nothing. */
function placeCouplings(
  { edges }: Network,
  rowOf: Int32Array,
  moving: number,
  values: Float64Array,
  to: (name: string) => Float64Array,
): void {
  let among = 0
  for (let e = 0; e < edges.count; e++) {
    const rows = [rowOf[edges.a[e]!]!, rowOf[edges.b[e]!]!]
    const [low, high] = [Math.min(...rows), Math.max(...rows)]
    if (high < moving) to('bilinear')[among++] = values[e]!
    else if (low < moving) to('label-coupling')[(high - moving) * moving + low] = -values[e]!
  }
}

/** The network in its new order, and the edge of the whole one that each of its hidden units' edges was. */
function clampedNetwork(network: Network, rowOf: Int32Array, moving: number) {
  const { edges, hiddenEdges, blocks, hidden, units } = network
  const pairs = Array.from({ length: edges.count }, (_, e): [number, number] => [
    rowOf[edges.a[e]!]!,
    rowOf[edges.b[e]!]!,
  ]).filter((pair) => Math.max(...pair) < moving)
  const seen = Array.from({ length: hidden }, (_, h) => {
    const first = hiddenEdges.start[h]!
    const rows = [...hiddenEdges.visible.subarray(first, hiddenEdges.start[h + 1])].map((unit) => rowOf[unit]!)
    return rows.map((row, n) => ({ row, edge: first + n })).sort((a, b) => a.row - b.row)
  })
  const followers = blocks.filter(({ role }) => role === 'hidden')
  const placed = networkOf(
    [
      { role: 'visible', units: moving, states: null, change: { kind: 'langevin', mobility: 1 } },
      { role: 'label', units: units - moving, states: null, change: { kind: 'clamped' } },
      ...followers,
    ],
    {
      lattice: null,
      edges: edgesFromPairs(units, pairs),
      tables: edgesFromPairs(units, []),
      hiddenEdges: hiddenEdgesFromLists(
        units,
        seen.map((list) => list.map(({ row }) => row)),
      ),
      labelsPull: true,
    },
  )
  return { placed, edgeOf: Int32Array.from(seen.flat(), ({ edge }) => edge) }
}
