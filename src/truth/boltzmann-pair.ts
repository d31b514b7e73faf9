import { OverdampedError } from '../errors.js'
import { forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

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
const points = 401
/** Points along an axis while the window is looked for; an eighth of them, so that every one is a point of the fine grid. */
const coarse = (points - 1) / 8 + 1
/** Energies above the minimum at which the density is cut off, in kT: e^-40 ≈ 4e-18. */
const cutoff = 40

/**
 * The equilibrium density of two coupled units, by quadrature on [-L, L]², L doubled until U is 40 kT above its least
 * value everywhere on the border, both seen on a coarse grid.
 *
 * @param theta - parameters, [size]
 * @throws OverdampedError E_INVALID_VALUE for another number of units, or a potential that does not confine them
 *
 * Cost: 160,801 energies, and 2,601 for each doubling.
 */
export function boltzmannPairDensity(potential: Potential, theta: Float64Array, bath: Bath): PairDensity {
  const { units } = potential.network
  if (units !== 2)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `${units} units; expected 2: the quadrature is over a plane.`,
      'network',
    )
  for (let span = 1; span < 2 ** 30; span *= 2) {
    if (!isConfined(landscape(potential, theta, axis(span, coarse)), cutoff * bath.kT)) continue
    const x = axis(span, points)
    const energy = landscape(potential, theta, x)
    const lowest = energy.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const weight = energy.map((u) => Math.exp(-(u - lowest) / bath.kT))
    const total = weight.reduce((sum, w) => sum + w, 0) * (x[1]! - x[0]!) ** 2
    return { x, density: weight.map((w) => w / total) }
  }
  const text = 'the potential does not confine the two units. Expected one that grows in every direction.'
  throw new OverdampedError('E_INVALID_VALUE', text, 'parameters')
}

/** The average ⟨f(x_0, x_1)⟩ over an equilibrium density. Cost: one f for each point of the grid. */
export function pairAverage({ x, density }: PairDensity, f: (x0: number, x1: number) => number): number {
  const n = x.length
  let sum = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += density[i * n + j]! * f(x[i]!, x[j]!)
  return sum * (x[1]! - x[0]!) ** 2
}

/** [-span, span] in equal steps, [count]. */
function axis(span: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => span * ((2 * n) / (count - 1) - 1))
}

/** Whether the energies on the border of a square grid are all so high above the lowest. */
function isConfined(energy: Float64Array, height: number): boolean {
  const count = Math.sqrt(energy.length)
  const lowest = energy.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  let border = Number.POSITIVE_INFINITY
  for (let n = 0; n < count; n++)
    for (const index of [n, n * count, n * count + count - 1, (count - 1) * count + n])
      border = Math.min(border, energy[index]!)
  return border - lowest > height
}

/** Energies at all pairs of positions, [x, x] row-major. */
function landscape(potential: Potential, theta: Float64Array, x: Float64Array): Float64Array {
  const count = x.length
  const states = new Float64Array(2 * count * count)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      states[i * count + j] = x[i]!
      states[count * count + i * count + j] = x[j]!
    }
  const energy = new Float64Array(count * count)
  forceAndEnergy(potential, theta, states, count * count, null, energy)
  return energy
}
