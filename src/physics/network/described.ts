import { invalidValue } from '../../errors.js'
import { type Block, type Change, categories, isCategorical, type Role, twoStates } from './blocks.js'
import { type Edges, edgesFromPairs } from './edges.js'
import { pairsBetween, type Range, type Sites, usualRange } from './geometry.js'

/** Units that are alike, as they are described. */
interface UnitsOptions {
  readonly units?: number | undefined
  /** `two` for ±1, or the number of categories, which are 0 … S-1; continuous when absent */
  readonly states?: 'two' | number | undefined
  /** of units with states: redraws of each, tried per unit of time; 1 when absent */
  readonly rate?: number | undefined
  /** of continuous ones: relative to the bath's; 1 when absent */
  readonly mobility?: number | undefined
  /** held where they start; false when absent */
  readonly clamped?: boolean | undefined
  /** of continuous units: walls that reflect, null for none on a side; no walls when absent */
  readonly walls?: readonly [lower: number | null, upper: number | null] | undefined
  /** of continuous units that are angles: what they repeat after */
  readonly period?: number | undefined
}

/** Units of one kind, or of several in the order of their rows; on the sites of a lattice, a ring or a chain, or without geometry. */
export interface DescribedUnits extends UnitsOptions, Omit<Sites, 'kind'> {
  readonly blocks?: readonly UnitsOptions[] | undefined
}

/** Which visible units are coupled. */
export interface VisibleCouplings {
  /** that which is usual for the geometry when absent (see usualRange) */
  readonly range?: Range | undefined
  /** whether a lattice is joined to a torus */
  readonly periodic?: boolean | undefined
  /** pairs [x, y] of units in place of a range */
  readonly edges?: readonly (readonly [number, number])[] | undefined
}

/** Attempts of a unit to change its state in a unit of time, where nothing is said. */
export const defaultRate = 1

/** Whether hidden units have the terms of visible ones. */
export function isShared({ states, blocks }: Pick<DescribedUnits, 'states' | 'blocks'>): boolean {
  return states !== undefined || blocks !== undefined
}

/** Number of units of a description. */
export function countOf({ units, blocks, lattice, ring, chain }: DescribedUnits): number {
  if (blocks !== undefined) return blocks.reduce((sum, block) => sum + (block.units ?? 0), 0)
  return units ?? ring ?? chain ?? (lattice?.[0] ?? 0) * (lattice?.[1] ?? 0)
}

/** Categories of one unit, at most: as many as its states could be enumerated with. */
export const mostCategories = 65_536

/** The blocks of a description. @throws E_INVALID_VALUE for states that are no number of categories */
export function described(role: Role, options: DescribedUnits): Block[] {
  return (options.blocks ?? [options]).map(({ units = 0, states, walls, period, ...options }) => {
    const values = states === undefined ? null : valuesOf(states, role)
    const where = { ...(walls === undefined ? {} : { walls }), ...(period === undefined ? {} : { period }) }
    return { role, units, states: values, change: changeOf(values !== null, options), ...where }
  })
}

function valuesOf(states: 'two' | number, role: Role): readonly number[] {
  if (states === 'two') return twoStates
  if (Number.isInteger(states) && states >= 1 && states <= mostCategories) return categories(states)
  throw invalidValue(
    `expected two, or a number of categories from 1 to ${mostCategories}, got ${JSON.stringify(states)}.`,
    `${role}.states`,
  )
}

function changeOf(hasStates: boolean, { clamped, rate, mobility }: UnitsOptions): Change {
  if (clamped === true) return { kind: 'clamped' }
  return hasStates ? { kind: 'flips', rate: rate ?? defaultRate } : { kind: 'langevin', mobility: mobility ?? 1 }
}

/** Pairs of visible units. */
export function visiblePairs(
  sites: DescribedUnits & Sites,
  { range, periodic, edges }: VisibleCouplings = {},
): readonly (readonly [number, number])[] {
  return edges ?? pairsBetween(sites, countOf(sites), range ?? usualRange(sites), periodic)
}

/** Pairs of numbers, and those with a categorical end. */
export function couplingLists(
  units: number,
  pairs: readonly (readonly [number, number])[],
  blocks: readonly Block[],
): { edges: Edges; tables: Edges } {
  const every = edgesFromPairs(units, pairs)
  const none = edgesFromPairs(units, [])
  if (!blocks.some(({ states }) => isCategorical(states))) return { edges: every, tables: none }
  const categorical = blocks.flatMap(({ states, units }) => new Array<boolean>(units).fill(isCategorical(states)))
  const isTable = (pair: readonly [number, number]) => pair.some((unit) => categorical[unit] === true)
  return {
    edges: edgesFromPairs(
      units,
      pairs.filter((pair) => !isTable(pair)),
    ),
    tables: edgesFromPairs(units, pairs.filter(isTable)),
  }
}
