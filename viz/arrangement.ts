import type { RunRecord } from './run-record.js'

/** How the units of a run are laid out on the page. */
export interface Arrangement {
  lattice: readonly [number, number]
  /** True when the units have places of their own, false when they are only laid out in order. */
  placed: boolean
}

/**
 * The lattice of the run, or as square a block as holds all units in order.
 * @param units how many there are to lay out
 */
export function arrangement({ scenario: { lattice } }: RunRecord, units: number): Arrangement {
  if (lattice && lattice[0] * lattice[1] === units) return { lattice, placed: true }
  const columns = Math.ceil(Math.sqrt(units))
  return { lattice: [Math.ceil(units / columns), columns], placed: false }
}

/** A unit in words: `row 3, column 5` on a lattice, `unit 7` elsewhere; both count from 1. */
export function unitName(unit: number, { lattice, placed }: Arrangement): string {
  return placed ? `row ${Math.floor(unit / lattice[1]) + 1}, column ${(unit % lattice[1]) + 1}` : `unit ${unit + 1}`
}
