import type { Network } from '../network/network.js'
import { eachTerm, type Potential } from '../potential/potential.js'
import type { Term } from '../potential/term.js'

/** Units from which second derivatives are looked at coupling by coupling where they can be; the bound is the same to the bit. */
const fewUnits = 2048
/** Entries of the whole matrix over those of couplings, at least, for which that is worth it. */
const sparse = 16

/**
 * Gershgorin's bound on how fast the fastest direction relaxes at one state: the largest absolute row sum of μ_i ∂²U/∂x_i∂x_j, without
 * what active units push: they are no coordinates that relax.
 *
 * @param mobility - of the units, [units]; 1 where null
 * @param of - the terms that count; all when absent
 *
 * Cost: O(units²), time and memory; O(edges) in a large network whose units are coupled to few.
 */
export function relaxationBound(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  mobility: Float64Array | null,
  of: (term: Term) => boolean = () => true,
): number {
  const { network } = potential
  const rows = isSparse(potential) && network.units > fewUnits ? sparseRows : denseRows
  const sums = rows(potential, theta, x, of)
  let largest = 0
  for (let i = 0; i < network.units; i++) largest = Math.max(largest, (mobility?.[i] ?? 1) * sums[i]!)
  return largest
}

/** Whether few entries of the second derivatives differ from 0, and the terms say which. */
export function isSparse({ network: { units, edges }, terms }: Potential): boolean {
  return (
    sparse * (2 * edges.count + units) < units * units &&
    terms.every(({ ends, eachCurvature }) => eachCurvature !== undefined && (ends ?? edges) === edges)
  )
}

/** Σ_j |∂²U/∂x_i∂x_j|, [units], from the whole matrix. */
export function denseRows(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  of: (term: Term) => boolean,
): Float64Array {
  const { units, correlationTime } = potential.network
  const matrix = new Float64Array(units * units)
  eachTerm(potential, (term, own) => {
    if (of(term)) term.addHessian(own(theta), x, matrix)
  })
  const sums = new Float64Array(units)
  for (let i = 0; i < units; i++)
    for (let j = 0; j < units; j++) if (!isActive(correlationTime, j)) sums[i]! += Math.abs(matrix[i * units + j]!)
  return sums
}

/** The same from the entries of couplings, added in the same order. */
export function sparseRows(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  of: (term: Term) => boolean,
): Float64Array {
  const { units, correlationTime, edges } = potential.network
  const { start, neighbour } = edges
  const { diagonal, beside } = entriesOf(potential, theta, x, of)
  const sums = new Float64Array(units)
  for (let i = 0; i < units; i++) {
    const add = (j: number, value: number) => {
      if (!isActive(correlationTime, j)) sums[i]! += Math.abs(value)
    }
    let n = start[i]!
    for (; n < start[i + 1]! && neighbour[n]! < i; n++) add(neighbour[n]!, beside[n]!)
    add(i, diagonal[i]!)
    for (; n < start[i + 1]!; n++) add(neighbour[n]!, beside[n]!)
  }
  return sums
}

/** ∂²U/∂x_i² of all units at one state, and what stands beside it for each neighbour, in the order of `edges.neighbour`; of a sparse potential. */
export function entriesOf(
  potential: Potential,
  theta: Float64Array,
  x: Float64Array,
  of: (term: Term) => boolean = () => true,
): { readonly diagonal: Float64Array; readonly beside: Float64Array } {
  const { units, edges } = potential.network
  const diagonal = new Float64Array(units)
  const beside = new Float64Array(edges.neighbour.length)
  eachTerm(potential, (term, own) => {
    if (!of(term)) return
    term.eachCurvature!(own(theta), x, (i, j, value) => {
      if (i === j) diagonal[i]! += value
      else beside[placeOf(edges, i, j)]! += value
    })
  })
  return { diagonal, beside }
}

/** Where unit j stands among the neighbours of unit i. */
function placeOf({ start, neighbour }: Network['edges'], i: number, j: number): number {
  let [low, high] = [start[i]!, start[i + 1]! - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (neighbour[middle]! < j) low = middle + 1
    else high = middle
  }
  return low
}

function isActive(correlationTime: Float64Array | null, j: number): boolean {
  return (correlationTime?.[j] ?? 0) > 0
}
