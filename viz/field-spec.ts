import type { Arrangement } from './arrangement.js'

/**
 * Numbers for the page's script in two bytes each: int16, little-endian, base64, row-major.
 * value = count · steps[row]; the count -32768 stands for a value that is not finite.
 */
export interface Packed {
  rows: number
  columns: number
  /** The value of one count, by row. */
  steps: number[]
  data: string
}

/** One quantity on every unit, at every knot: a row a knot. */
export interface FieldSpec {
  id: string
  symbol: string
  values: Packed
}

/** What the lattice maps of the page draw: parameters at the knots and virial residuals. */
export interface MapsSpec extends Arrangement {
  /** Noise times of the knots that the page keeps, noisiest first. */
  knots: number[]
  units: number
  /** The unit that is chosen when the page opens. */
  unit: number
  fields: FieldSpec[]
  /** Quantities on edges; `values` has a column an edge. */
  pairs: FieldSpec[]
  /** Unit pairs, [edges, 2] uint16, little-endian, base64. */
  edges: string
}

/** A few trajectories; `x` has a row a trajectory and time.length·units columns, time outermost. */
export interface TrajectoriesSpec extends Arrangement {
  time: number[]
  count: number
  units: number
  /** The values that the film draws as paper and ink. */
  range: readonly [number, number]
  /** The unit whose traces are shown when the page opens. */
  unit: number
  x: Packed
}

/** A cloud of trajectories in the plane of two units, over the potential; frames in the order of the film. */
export interface CloudSpec {
  time: number[]
  count: number
  /** Both axes run from -reach to reach. */
  reach: number
  /** A row a trajectory and time.length·2 columns, time outermost. */
  x: Packed
  /** The potential over kT: a row a map, [places of y, places of x]; `of` names the map of each frame. */
  map: { x: number[]; y: number[]; of: number[]; values: Packed } | undefined
}

/** Colours of the diverging map from -1 to 1, as many `rrggbb` one after the other, for either theme. */
export interface ColoursSpec {
  light: string
  dark: string
}
