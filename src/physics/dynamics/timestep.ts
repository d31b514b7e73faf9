import { type Interval, magnitude } from '../formula/interval.js'
import { hasStates } from '../network/unit-states.js'
import { isHarmonicGivenStates } from '../potential/given-hidden.js'
import { eachTerm, forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { curvatureBound } from './drive.js'

/** Default accuracy: μ·dt·(largest curvature) of a plain simulation; harmonic variances are then off by 1 % at most. */
export const resolution = 0.02
/** The region that counts as visited: on-site energies up to this many kT above their minimum (probability e^-8). */
const visitedEnergy = 8
/** Displacements looked at, as multiples of the starting scale. */
const gridPoints = 200
/** Intervals that are bisected in search of a narrow feature. */
const mostBisections = 20_000
/** Halvings of an interval of the grid: features narrower than a billionth of the region are points. */
const deepest = 24

/**
 * A time step for constant parameters: dt = .02/(μκ), κ as `visitedCurvature` has it, but at least 1.
 *
 * @param theta - parameters, [size]
 * @param initial - initial states, [units, batch]
 * @returns dt > 0; Infinity never: a flat potential gives the step that moves a unit by .2 thermal lengths of `scale` 1
 */
export function stableTimeStep(potential: Potential, theta: Float64Array, bath: Bath, initial: Float64Array): number {
  return resolution / (bath.mobility * Math.max(visitedCurvature(potential, theta, bath, initial), 1))
}

/** A place where a term bends more than anywhere on the grid of `visitedCurvature`. */
export interface NarrowFeature {
  readonly term: string
  readonly x: number
}

/** `visitedCurvature`, and a feature between the points of its grid that decides it, if one does. */
interface Visited {
  readonly curvature: number
  readonly narrow: NarrowFeature | null
}

/**
 * A bound on the curvature (Gershgorin) over the states where the units move alike and each has at most 8 kT of potential energy
 * above the lowest such state, and at the initial states. States are looked at on a grid; between its points, terms on single units
 * are by the bounds of their second derivative.
 *
 * Cost: O(gridPoints·edges); one state's where the potential is harmonic.
 */
export function visited(
  potential: Potential,
  theta: Float64Array,
  bath: Pick<Bath, 'kT'>,
  initial: Float64Array,
): Visited {
  const { units } = potential.network
  const K = () => hessian(potential, theta, new Float64Array(units))
  // Units with states have no curvature: only the others' counts.
  if (hasStates(potential.network) && isHarmonicGivenStates(potential))
    return { curvature: curvatureBound(K(), units, potential.network.mobility), narrow: null }
  if (potential.terms.every(({ harmonic }) => harmonic)) return { curvature: curvatureBound(K(), units), narrow: null }
  const batch = initial.length / units
  const farthest = initial.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const energies = new Float64Array(gridPoints)
  const states = new Float64Array(units * gridPoints)
  const span = Math.max(farthest, 1) * 5
  for (let i = 0; i < units; i++)
    for (let n = 0; n < gridPoints; n++) states[i * gridPoints + n] = span * ((2 * n) / (gridPoints - 1) - 1)
  forceAndEnergy(potential, theta, states, gridPoints, null, energies)
  const lowest = energies.reduce((a, b) => Math.min(a, b), Infinity)

  const state = new Float64Array(units)
  let curvature = 0
  const look = (array: Float64Array, stride: number, column: number) => {
    for (let i = 0; i < units; i++) state[i] = array[i * stride + column]!
    curvature = Math.max(curvature, curvatureBound(hessian(potential, theta, state), units))
  }
  const reached = [...energies.keys()].filter((n) => energies[n]! - lowest <= visitedEnergy * bath.kT * units)
  for (const n of reached) look(states, gridPoints, n)
  for (let b = 0; b < Math.min(batch, gridPoints); b++) look(initial, batch, b)
  const energyAt = new Float64Array(1)
  const isReached = (x: number) => {
    forceAndEnergy(potential, theta, state.fill(x), 1, null, energyAt)
    return energyAt[0]! - lowest <= visitedEnergy * bath.kT * units
  }
  const grid = states.subarray(0, gridPoints)
  const between = narrowest(potential, theta, grid, isReached)
  return { curvature: curvature + between.excess, narrow: between.excess > 0.25 * curvature ? between : null }
}

/** The curvature alone. */
export function visitedCurvature(...of: Parameters<typeof visited>): number {
  return visited(...of).curvature
}

/** The most that terms bend more between the points of a grid than on them, times their largest parameter. */
function narrowest(
  potential: Potential,
  theta: Float64Array,
  grid: Float64Array,
  isReached: (x: number) => boolean,
): NarrowFeature & { excess: number } {
  let most = { term: '', x: 0, excess: 0 }
  eachTerm(potential, ({ name, curvatureBounds }, own) => {
    if (curvatureBounds === undefined) return
    const weight = own(theta).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
    const onGrid = grid.filter(isReached).reduce((largest, x) => Math.max(largest, magnitude(curvatureBounds(x, x))), 0)
    const { x, curvature } = steepestPlace(curvatureBounds, isReached, grid, onGrid)
    const excess = weight === 0 ? 0 : weight * (curvature - onGrid)
    if (excess > most.excess) most = { term: name, x, excess }
  })
  return most
}

/**
 * Where |φ''| is largest among the places reached, to within a quarter: in every interval of the grid that is reached, by bisection
 * of wherever its bounds allow more than what was found. Next to a pole there is no largest, and it is left to the grid.
 */
function steepestPlace(
  bounds: (from: number, to: number) => Interval,
  isReached: (x: number) => boolean,
  grid: Float64Array,
  known: number,
): { x: number; curvature: number } {
  let [best, left] = [{ x: grid[0]!, curvature: known }, mostBisections]
  /** whether no pole was met */
  const search = (a: number, b: number, depth: number): boolean => {
    const bound = magnitude(bounds(a, b))
    if (!(bound > 1.25 * best.curvature) || left-- <= 0) return true
    if (depth === deepest) return bound < Infinity
    const middle = (a + b) / 2
    const isIn = isReached(middle)
    // Inside of a wall nothing is visited, however it bends.
    if (!isIn && !isReached(a) && !isReached(b)) return true
    const curvature = isIn ? magnitude(bounds(middle, middle)) : 0
    if (curvature > best.curvature && curvature < Infinity) best = { x: middle, curvature }
    return search(a, middle, depth + 1) && search(middle, b, depth + 1)
  }
  for (let n = 0; n + 1 < grid.length; n++) {
    const before = best
    if ((isReached(grid[n]!) || isReached(grid[n + 1]!)) && !search(grid[n]!, grid[n + 1]!, 0)) best = before
  }
  return best
}
