import { invalidValue } from '../../errors.js'

/**
 * Couplings between units, each pair once, with the same pairs as neighbour lists for the force. `a` and `b` serve terms that
 * are symmetric in the two ends; a φ(x, y) that is not has x at `from` and y at `to`.
 *
 * The neighbours of unit i are `neighbour[start[i]] … neighbour[start[i + 1] - 1]`, in increasing order; the coupling to
 * the k-th one is edge number `edge[k]`.
 */
export interface Edges {
  /** number of edges */
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
