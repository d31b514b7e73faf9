import { invalidValue } from '../../errors.js'
import { latticeSeen } from './hidden-edges.js'

/**
 * Couplings between units, each pair once, with the same pairs as neighbour lists for the force. `a` and `b` serve terms that
 * are symmetric in the two ends; a φ(x, y) that is not has x at `from` and y at `to`.
 *
 * The neighbours of unit i are `neighbour[start[i]] … neighbour[start[i + 1] - 1]`, in increasing order; the coupling to
 * the k-th one is edge number `edge[k]`.
 */
export interface Edges {
  readonly count: number
  /** lower unit of each edge, [count] */
  readonly a: Int32Array
  /** higher unit of each edge, [count] */
  readonly b: Int32Array
  /** unit of each edge that was named first, [count] */
  readonly from: Int32Array
  /** unit of each edge that was named second, [count] */
  readonly to: Int32Array
  /** [units + 1] */
  readonly start: Int32Array
  /** [2·count] */
  readonly neighbour: Int32Array
  /** [2·count] */
  readonly edge: Int32Array
}

/**
 * Builds the neighbour lists of a list of pairs.
 *
 * @param units - number of units
 * @param pairs - unit pairs; edges are numbered in the order given, and run from the first unit of a pair to the second
 * @throws E_INVALID_VALUE when a unit is out of range, coupled to itself, or a pair stands twice
 */
export function edgesFromPairs(units: number, pairs: readonly (readonly [number, number])[]): Edges {
  const count = pairs.length
  const a = new Int32Array(count)
  const b = new Int32Array(count)
  const from = Int32Array.from(pairs, ([first]) => first)
  const to = Int32Array.from(pairs, ([, second]) => second)
  const start = new Int32Array(units + 1)
  const seen = new Set<number>()
  pairs.forEach(([first, second], index) => {
    const where = `network.couplings.visible.edges[${index}]`
    if (Math.max(first, second) >= units || Math.min(first, second) < 0)
      throw invalidValue(`units run from 0 to ${units - 1}, got [${first}, ${second}].`, where)
    if (first === second)
      throw invalidValue(`unit ${first} can't be coupled to itself; its stiffness does that.`, where)
    const low = Math.min(first, second)
    const high = Math.max(first, second)
    if (seen.has(low * units + high))
      throw invalidValue(`the pair [${first}, ${second}] stands twice; remove one.`, where)
    seen.add(low * units + high)
    a[index] = low
    b[index] = high
    start[low + 1]!++
    start[high + 1]!++
  })
  for (let unit = 0; unit < units; unit++) start[unit + 1]! += start[unit]!

  const neighbour = new Int32Array(2 * count)
  const edge = new Int32Array(2 * count)
  const filled = start.slice()
  const add = (unit: number, other: number, index: number) => {
    const at = filled[unit]!++
    neighbour[at] = other
    edge[at] = index
  }
  // Neighbours below a unit, then those above: sorting edges by (a, b) keeps every list in increasing order.
  const order = Array.from({ length: count }, (_, index) => index).sort((p, q) => a[p]! - a[q]! || b[p]! - b[q]!)
  for (const index of order) add(b[index]!, a[index]!, index)
  for (const index of order) add(a[index]!, b[index]!, index)
  return { count, a, b, from, to, start, neighbour, edge }
}

/** Every pair of `units` units, from the lower number to the higher: (0, 1), (0, 2) … units·(units - 1)/2 edges. */
export function allPairs(units: number): [number, number][] {
  const pairs: [number, number][] = []
  for (let a = 0; a < units; a++) for (let b = a + 1; b < units; b++) pairs.push([a, b])
  return pairs
}

/**
 * Pairs of lattice sites at most `radius` apart in rows and in columns (open boundaries), from the lower number (row by row) to
 * the higher: R=1 couples 8 neighbours.
 */
export function latticePairs(rows: number, columns: number, radius: number): [number, number][] {
  return latticeSeen(rows, columns, radius).flatMap((near, a) =>
    near.filter((b) => b > a).map((b): [number, number] => [a, b]),
  )
}

/**
 * Pairs of sites of a lattice whose edges are joined to a torus: those at most `radius` apart in rows and in columns, or the four
 * nearest.
 *
 * @throws E_INVALID_VALUE for a lattice so small that two sites would be neighbours twice
 */
export function torusPairs(rows: number, columns: number, radius: number | 'nearest'): [number, number][] {
  const reach = radius === 'nearest' ? 1 : radius
  if (Math.min(rows, columns) <= 2 * reach)
    throw invalidValue(
      `${rows} × ${columns} sites; expected more than ${2 * reach} along either side, or two sites would be coupled twice.`,
      'network.couplings.visible.periodic',
    )
  return pairsOf(rows * columns, (site) => {
    const [row, column] = [Math.floor(site / columns), site % columns]
    return stepsWithin(radius).map(
      ([down, right]) => ((row + down + rows) % rows) * columns + ((column + right + columns) % columns),
    )
  })
}

/** Pairs of a lattice with open boundaries whose sites are next to each other in a row or a column. */
export function nearestPairs(rows: number, columns: number): [number, number][] {
  return pairsOf(rows * columns, (site) => [
    ...(site % columns < columns - 1 ? [site + 1] : []),
    ...(site + columns < rows * columns ? [site + columns] : []),
  ])
}

/** Each site with its neighbours of higher number, in increasing order. */
function pairsOf(sites: number, near: (site: number) => readonly number[]): [number, number][] {
  return Array.from({ length: sites }, (_, a) =>
    near(a)
      .filter((b) => b > a)
      .sort((b, c) => b - c)
      .map((b): [number, number] => [a, b]),
  ).flat()
}

/** Steps down and to the right to a site's neighbours. */
function stepsWithin(radius: number | 'nearest'): [number, number][] {
  const reach = radius === 'nearest' ? 1 : radius
  const along = Array.from({ length: 2 * reach + 1 }, (_, n) => n - reach)
  const all = along.flatMap((down) => along.map((right): [number, number] => [down, right]))
  return all.filter(
    ([down, right]) => (down !== 0 || right !== 0) && (radius !== 'nearest' || down === 0 || right === 0),
  )
}
