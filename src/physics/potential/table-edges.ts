import type { Network } from '../network/network.js'

/** The couplings that a term has parameters on, among those with a categorical end. */
export interface TableEdges {
  /** their numbers */
  readonly edges: Int32Array
  /** where the parameters of each coupling begin in θ of the term, [tables.count]; -1 where it has none */
  readonly first: Int32Array
  readonly size: number
}

/**
 * Lays out the parameters of a term on the couplings with a categorical end.
 *
 * @param sizeOf - number of parameters of a coupling from unit i to unit j; 0 where it is another term's
 */
export function tableEdges({ tables }: Network, sizeOf: (i: number, j: number) => number): TableEdges {
  const first = new Int32Array(tables.count).fill(-1)
  let size = 0
  for (let e = 0; e < tables.count; e++) {
    const own = sizeOf(tables.from[e]!, tables.to[e]!)
    if (own === 0) continue
    first[e] = size
    size += own
  }
  return { edges: Int32Array.from(first.keys()).filter((e) => first[e]! >= 0), first, size }
}
