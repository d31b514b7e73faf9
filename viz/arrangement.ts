import { brief } from './figure.js'
import { cellsOf, type Layout } from './geometry.js'
import type { RunRecord } from './run-record.js'

/** How the units of a run are laid out on the page. */
export interface Arrangement extends Layout {
  /** True when the units have rows and columns of their own; false on a ring and a chain, and when they are only laid out in order. */
  placed: boolean
  /** True when the sides of a lattice are joined to a torus. */
  torus: boolean
}

/**
 * The lattice, ring or chain of the run, or as square a block as holds all units in order.
 * @param units how many there are to lay out
 */
export function arrangement({ scenario: { geometry } }: RunRecord, units: number): Arrangement {
  if (geometry && geometry.lattice[0] * geometry.lattice[1] === units)
    return { ...geometry, placed: geometry.shape !== 'ring' && geometry.shape !== 'chain' }
  const columns = Math.ceil(Math.sqrt(units))
  return { shape: 'square', lattice: [Math.ceil(units / columns), columns], placed: false, torus: false }
}

/** What is drawn of a layout, for a caption; '' for a square lattice with open sides. */
export function layoutNote({ shape, torus }: Arrangement): string {
  const joined = torus ? ' Its sides are joined to a torus: the left one to the right, the top to the bottom.' : ''
  if (shape === 'ring') return ' Units go around clockwise from the top.'
  if (shape === 'chain') return ' Units stand in their order from left to right.'
  if (shape === 'triangular') return ` The lattice is triangular: hexagons that touch are neighbours.${joined}`
  return torus ? ` The lattice has no sides: the left one is joined to the right, the top to the bottom.` : ''
}

/** What a layout is called. */
export function pictureName({ shape }: Layout): string {
  return { square: 'Lattice', triangular: 'Lattice', ring: 'Ring', chain: 'Chain' }[shape]
}

/** The style of a canvas that a layout is drawn on. */
export function canvasStyle(layout: Layout): string {
  const [width, height] = cellsOf(layout).size
  return `aspect-ratio:${brief(width)}/${brief(height)}`
}

/** Whether a layout says more than the order of its units does: rings and chains of a few units, lattices of a few rows. */
export function isPicture({ shape, lattice, placed }: Arrangement): boolean {
  if (shape === 'ring' || shape === 'chain') return lattice[1] >= 3
  return placed && Math.min(...lattice) >= 3
}

/** A unit in words: `row 3, column 5` on a lattice, `unit 7` elsewhere; both count from 1. */
export function unitName(unit: number, { lattice, placed }: Pick<Arrangement, 'lattice' | 'placed'>): string {
  return placed ? `row ${Math.floor(unit / lattice[1]) + 1}, column ${(unit % lattice[1]) + 1}` : `unit ${unit + 1}`
}
