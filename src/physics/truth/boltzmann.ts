import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'

/** The density of one uncoupled unit on a grid. */
export interface BoltzmannDensity {
  /** positions, [points] */
  readonly x: Float64Array
  /** e^(-U/kT)/Z, [points] */
  readonly density: Float64Array
  readonly energy: Float64Array
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
  let span = 1
  // Double the window until the potential at both ends is high enough; a scenario's potential is bounded below.
  for (let doubling = 0; doubling < 30; doubling++) {
    const { energy } = landscape(potential, theta, unit, -span, span)
    const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
    if (Math.min(energy[0]!, energy.at(-1)!) - lowest > cutoff * bath.kT) break
    span *= 2
  }
  const { x, energy, force } = landscape(potential, theta, unit, -span, span)
  const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
  const weight = energy.map((u) => Math.exp(-(u - lowest) / bath.kT))
  const total = weight.reduce((sum, w) => sum + w, 0) * (x[1]! - x[0]!)
  return { x, energy, force, density: weight.map((w) => w / total) }
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
  const x = new Float64Array(points)
  for (let n = 0; n < points; n++) x[n] = from + ((to - from) * n) / (points - 1)
  const states = new Float64Array(units * points)
  states.set(x, unit * points)
  const forces = new Float64Array(units * points)
  const energy = new Float64Array(points)
  forceAndEnergy(potential, theta, states, points, forces, energy)
  return { x, energy, force: forces.slice(unit * points, (unit + 1) * points) }
}
