import { copyState, type States } from '../network/states.js'

/** Equal cells of a line or a plane, from -reach·side to reach·side along each axis. */
export interface Cells {
  readonly units: 1 | 2
  readonly side: number
  readonly reach: number
}

/** Points of the quadrature along the side of a cell. */
const points = { 1: 400, 2: 40 }

/** The probability of every cell, by the midpoint rule. Cost: (2·reach·40)² densities for two units, 800·reach for one. */
export function cellMasses(cells: Cells, logDensity: (x: Float64Array) => number): Float64Array {
  const { units, side, reach } = cells
  const along = 2 * reach * points[units]
  const width = side / points[units]
  const masses = new Float64Array((2 * reach) ** units)
  const x = new Float64Array(units)
  for (let n = 0; n < along ** units; n++) {
    for (let i = 0; i < units; i++) x[i] = ((Math.floor(n / along ** i) % along) + 0.5) * width - reach * side
    masses[cellOf(cells, x)]! += Math.exp(logDensity(x)) * width ** units
  }
  return masses
}

/** The share of states in every cell; those outside, or not finite, are in none. */
export function cellShares(cells: Cells, states: States): Float64Array {
  const shares = new Float64Array((2 * cells.reach) ** cells.units)
  const state = new Float64Array(cells.units)
  for (let b = 0; b < states.batch; b++) {
    copyState(states, b, state)
    const cell = cellOf(cells, state)
    if (cell >= 0) shares[cell]! += 1 / states.batch
  }
  return shares
}

/** Which cell a state is in; -1 outside. */
function cellOf({ units, side, reach }: Cells, state: Float64Array): number {
  let cell = 0
  for (let i = 0; i < units; i++) {
    const place = Math.floor(state[i]! / side) + reach
    if (!(place >= 0 && place < 2 * reach)) return -1
    cell += place * (2 * reach) ** i
  }
  return cell
}
