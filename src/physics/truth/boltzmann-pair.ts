import { invalidValue } from '../../errors.js'
import { forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { gridStates } from './grid.js'

/** The equilibrium density of a network of two units on a square grid. */
export interface PairDensity {
  /** positions along either axis, [points] */
  readonly x: Float64Array
  /** e^(-U/kT)/Z at (x_i, x_j), [points, points] row-major */
  readonly density: Float64Array
}

/**
 * Points along an axis. The trapezoidal rule converges faster than any power for densities that vanish at the ends: 400 are
 * enough for wells a fiftieth of the window wide.
 */
const finePoints = 401
/** Enough to find the window: how low the potential is inside, how high on the border. */
const coarsePoints = 41
/** Energies above the minimum at which the density is cut off, in kT: e^-40 ≈ 4e-18. */
const cutoff = 40

/**
 * The equilibrium density of two coupled units, by quadrature on [-L, L]², L doubled until U is 40 kT above its minimum
 * everywhere on the border.
 *
 * @param theta - parameters, [size]
 * @param points - along an axis
 * @throws OverdampedError E_INVALID_VALUE for another number of units, or a potential that does not confine them
 *
 * Cost: points² energies, and 1,681 for each doubling.
 */
export function boltzmannPairDensity(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  points = finePoints,
): PairDensity {
  const { units } = potential.network
  if (units !== 2) throw invalidValue(`${units} units; expected 2: the quadrature is over a plane.`, 'network')
  for (let span = 1; span < 2 ** 30; span *= 2) {
    const window = landscape(potential, theta, axis(span, coarsePoints))
    const lowest = window.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    if (lowestOnBorder(window, coarsePoints) - lowest <= cutoff * bath.kT) continue
    const x = axis(span, points)
    const energy = landscape(potential, theta, x)
    const weight = energy.map((u) => Math.exp(-(u - lowest) / bath.kT))
    const total = weight.reduce((sum, w) => sum + w, 0) * (x[1]! - x[0]!) ** 2
    return { x, density: weight.map((w) => w / total) }
  }
  const text = 'the potential does not confine the two units. Expected one that grows in every direction.'
  throw invalidValue(text, 'parameters')
}

/** Positions from -span to span. */
function axis(span: number, points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, n) => span * ((2 * n) / (points - 1) - 1))
}

function lowestOnBorder(energy: Float64Array, points: number): number {
  let border = Number.POSITIVE_INFINITY
  for (let n = 0; n < points; n++)
    for (const index of [n, n * points, n * points + points - 1, (points - 1) * points + n])
      border = Math.min(border, energy[index]!)
  return border
}

/** The average ⟨f(x_0, x_1)⟩ over an equilibrium density. Cost: one f for each point of the grid. */
export function pairAverage({ x, density }: PairDensity, f: (x0: number, x1: number) => number): number {
  const n = x.length
  let sum = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += density[i * n + j]! * f(x[i]!, x[j]!)
  return sum * (x[1]! - x[0]!) ** 2
}

/** Energies at all pairs of positions, [points, points] row-major. */
function landscape(potential: Potential, theta: Float64Array, x: Float64Array): Float64Array {
  const states = gridStates(x, 2)
  const energy = new Float64Array(states.batch)
  forceAndEnergy(potential, theta, states.x, states.batch, null, energy)
  return energy
}
