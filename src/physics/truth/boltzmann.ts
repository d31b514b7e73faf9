import { invalidValue } from '../../errors.js'
import { gridStates } from '../network/states.js'
import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** The density of one uncoupled unit on a grid. */
export interface BoltzmannDensity {
  /** positions, [points] */
  readonly x: Float64Array
  /** e^(-U/kT)/Z, [points] */
  readonly density: Float64Array
  /** U at these positions, [points] */
  readonly energy: Float64Array
  /** -dU/dx there, [points] */
  readonly force: Float64Array
}

const points = 4001
/** Energies above the minimum at which the density is cut off, in kT: e^-40 ≈ 4e-18. */
const cutoff = 40

/** The equilibrium density of unit `unit` of a network without couplings, where it is larger than e^-40 of its maximum. */
export function boltzmannDensity(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  unit: number,
): BoltzmannDensity {
  // Double the window until the potential at both ends is high enough; a scenario's potential is bounded below.
  const within = (span: number) => landscape(potential, theta, unit, -span, span)
  let found = within(1)
  for (let doubling = 1; doubling <= 30 && !isHighAtEnds(found.energy, bath); doubling++) found = within(2 ** doubling)
  const { x, energy, force } = found
  const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
  return { x, energy, force, density: normalisedDensity(energy, lowest, bath, x[1]! - x[0]!) }
}

/** Whether energies on a grid rise at both its ends to where the density is cut off. */
function isHighAtEnds(energy: Float64Array, { kT }: Bath): boolean {
  const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
  return Math.min(energy[0]!, energy.at(-1)!) - lowest > cutoff * kT
}

/** e^(-U/kT) on a grid of equal cells, scaled to the integral 1; `lowest` is about the smallest of the energies U. */
function normalisedDensity(energy: Float64Array, lowest: number, { kT }: Bath, cell: number): Float64Array {
  const weight = energy.map((u) => Math.exp(-(u - lowest) / kT))
  const total = weight.reduce((sum, w) => sum + w, 0) * cell
  return weight.map((w) => w / total)
}

/**
 * Moments ⟨x^n⟩, n = 0 … 8, of the law that Euler–Maruyama with step `dt` samples, to first order in dt:
 *
 *     ρ_h ∝ e^(-U/kT) [1 + (μ dt/4kT)(|U'|² - 2kT U'')]
 *
 * (for a harmonic potential this is the variance (kT/k)(1 + μ dt k/2)). `secondOrder` is the square of the relative
 * correction times the moment: the size of what the expansion leaves out.
 * Source: the O(dt) term of the weak backward-error expansion; see Leimkuhler & Matthews, Molecular Dynamics (2015), ch. 7.
 */
export function boltzmannMoments(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  unit: number,
  dt: number,
): { moments: number[]; secondOrder: number[] } {
  const { x, density, force } = boltzmannDensity(potential, theta, bath, unit)
  const { units } = potential.network
  const state = new Float64Array(units)
  const correction = x.map((position, n) => {
    state[unit] = position
    const curvature = hessian(potential, theta, state)[unit * units + unit]!
    return ((bath.mobility * dt) / (4 * bath.kT)) * (force[n]! ** 2 - 2 * bath.kT * curvature)
  })
  const grid = x[1]! - x[0]!
  const average = (f: (position: number, n: number) => number) =>
    x.reduce((sum, position, n) => sum + f(position, n) * density[n]!, 0) * grid
  const shift = average((_, n) => correction[n]!)
  const moments: number[] = []
  const secondOrder: number[] = []
  for (let power = 0; power <= 8; power++) {
    const exact = average((position) => position ** power)
    const first = average((position, n) => position ** power * (correction[n]! - shift))
    moments.push(exact + first)
    secondOrder.push(exact === 0 ? 0 : first ** 2 / Math.abs(exact))
  }
  return { moments, secondOrder }
}

/** Energy and force of one unit on a grid, the other units at 0 (they do not act on it). */
function landscape(potential: Potential, theta: Float64Array, unit: number, from: number, to: number) {
  const { units } = potential.network
  const x = Float64Array.from({ length: points }, (_, n) => from + ((to - from) * n) / (points - 1))
  const states = new Float64Array(units * points)
  states.set(x, unit * points)
  const forces = new Float64Array(units * points)
  const energy = new Float64Array(points)
  forceAndEnergy(potential, theta, states, points, forces, energy)
  return { x, energy, force: forces.slice(unit * points, (unit + 1) * points) }
}

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
    const window = planeEnergies(potential, theta, axis(span, coarsePoints))
    const lowest = window.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    if (lowestOnBorder(window, coarsePoints) - lowest <= cutoff * bath.kT) continue
    const x = axis(span, points)
    const energy = planeEnergies(potential, theta, x)
    return { x, density: normalisedDensity(energy, lowest, bath, (x[1]! - x[0]!) ** 2) }
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
function planeEnergies(potential: Potential, theta: Float64Array, x: Float64Array): Float64Array {
  const states = gridStates(x, 2)
  const energy = new Float64Array(states.batch)
  forceAndEnergy(potential, theta, states.x, states.batch, null, energy)
  return energy
}
