import { invalidValue } from '../../errors.js'
import { latticeSeen } from './hidden-edges.js'

/** Where visible units are, as they are described: on one of these, or nowhere. */
export interface Sites {
  /** rows and columns, row by row */
  readonly lattice?: readonly [rows: number, columns: number] | undefined
  /** of a lattice: whose neighbours are the four next, or the six of a triangular one; square when absent */
  readonly kind?: LatticeKind | undefined
  /** number of units on a circle */
  readonly ring?: number | undefined
  /** number of units on a line */
  readonly chain?: number | undefined
}

/** Lattices by their neighbours. */
export const latticeKinds = ['square', 'triangular'] as const
export type LatticeKind = (typeof latticeKinds)[number]

/** Who is coupled: all, those next to one another, or those at most so many sites (on a lattice rows and columns) apart. */
export type Range = 'all' | 'nearest' | number

/** The range that is meant where none is said: what has neighbours by its nature is coupled to these. */
export function usualRange({ kind, ring, chain }: Sites): Range {
  return ring !== undefined || chain !== undefined || kind === 'triangular' ? 'nearest' : 'all'
}

/**
 * Pairs of units by their places. Those of a ring and of a chain run to the next, i → i+1 … i+R, so that a formula in y - x looks
 * ahead; those of a lattice from the lower number to the higher.
 *
 * @param range - of units without places, all
 * @throws E_INVALID_VALUE for a ring or a torus so small that two sites would be coupled twice, and for a triangular torus that
 *   does not close
 */
export function pairsBetween(sites: Sites, units: number, range: Range, periodic = false): [number, number][] {
  const { lattice, kind, ring, chain } = sites
  if (range === 'all') return allPairs(units)
  const reach = range === 'nearest' ? 1 : range
  if (ring !== undefined) return ringPairs(ring, reach)
  if (chain !== undefined) return chainPairs(chain, reach)
  if (lattice === undefined) return allPairs(units)
  if (kind === 'triangular') return triangularPairs(...lattice, periodic)
  if (periodic) return torusPairs(...lattice, range)
  return range === 'nearest' ? nearestPairs(...lattice) : latticePairs(...lattice, range)
}

/** Pairs i → i+1 … i+R around a circle; with R = 1 the last is [N-1, 0]. @throws E_INVALID_VALUE where N ≤ 2R */
export function ringPairs(units: number, reach: number): [number, number][] {
  if (units <= 2 * reach)
    throw invalidValue(
      `a ring of ${units} units; expected more than ${2 * reach}, or two of them would be coupled twice. A chain has two ends.`,
      'network.visible.ring',
    )
  return Array.from({ length: units }, (_, i) =>
    Array.from({ length: reach }, (_, d): [number, number] => [i, (i + d + 1) % units]),
  ).flat()
}

/** Pairs i → i+1 … i+R along a line. */
export function chainPairs(units: number, reach: number): [number, number][] {
  return Array.from({ length: units }, (_, i) =>
    Array.from({ length: Math.min(reach, units - 1 - i) }, (_, d): [number, number] => [i, i + d + 1]),
  ).flat()
}

/**
 * Pairs of a triangular lattice, whose odd rows are shifted to the right by half a site: six neighbours each. With open boundaries
 * sites of the first and last row have two fewer, and at either end of a row one or three.
 *
 * @throws E_INVALID_VALUE for a torus with an odd number of rows, fewer than four rows or three columns
 */
export function triangularPairs(rows: number, columns: number, periodic: boolean): [number, number][] {
  if (periodic && (rows % 2 !== 0 || rows < 4 || columns < 3))
    throw invalidValue(
      `${rows} × ${columns} sites; a triangular torus has an even number of rows, at least 4, and at least 3 columns: rows are shifted by half a site in turn.`,
      'network.couplings.visible.periodic',
    )
  return pairsOf(rows * columns, (site) => {
    const [row, column] = [Math.floor(site / columns), site % columns]
    const left = row % 2 === 0 ? column - 1 : column
    return [
      [row, column - 1],
      [row, column + 1],
      ...[row - 1, row + 1].flatMap((other) => [
        [other, left],
        [other, left + 1],
      ]),
    ].flatMap(([r, c]) => {
      if (periodic) return [((r! + rows) % rows) * columns + ((c! + columns) % columns)]
      return r! < 0 || r! >= rows || c! < 0 || c! >= columns ? [] : [r! * columns + c!]
    })
  })
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
