import type { Edges } from './edges.js'
import type { Network } from './network.js'

/**
 * The rows that are redrawn, in classes none of whose units acts on another along a list of couplings: all of a class can be redrawn
 * at once, each given all others. Greedy, in the order of the rows: each takes the first class without a neighbour.
 *
 * Cost: O(rows + edges).
 */
export function conflictFree({ units, edges, tables }: Network, redrawn: readonly number[]): Int32Array[] {
  const classOf = new Int32Array(units).fill(-1)
  const classes: number[][] = []
  for (const unit of redrawn) {
    const taken = new Set<number>()
    for (const list of [edges, tables]) for (const other of neighboursOf(list, unit)) taken.add(classOf[other]!)
    let own = 0
    while (taken.has(own)) own++
    classOf[unit] = own
    if (own === classes.length) classes.push([])
    classes[own]!.push(unit)
  }
  return classes.map((members) => Int32Array.from(members))
}

/** The units that a unit is coupled to. */
function neighboursOf({ start, neighbour }: Edges, unit: number): Int32Array {
  // Rows of hidden units with a term of their own come after those that the lists are of.
  return unit + 1 >= start.length ? neighbour.subarray(0, 0) : neighbour.subarray(start[unit], start[unit + 1])
}
