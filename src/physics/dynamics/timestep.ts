import { type Interval, magnitude } from '../formula/interval.js'
import { hasWalls, type Network } from '../network/network.js'
import { hasStates } from '../network/unit-states.js'
import { ownSize } from '../potential/clocked.js'
import { isHarmonicGivenStates } from '../potential/given-hidden.js'
import { eachTerm, forceAndEnergy, type Potential } from '../potential/potential.js'
import { type Bath, hottest } from '../protocol/bath.js'
import { relaxationBound } from './curvature.js'

/** Default accuracy: μ·dt·(root mean square curvature) of a plain simulation; harmonic variances are then off by 1 % at most. */
export const resolution = 0.02
/**
 * What is seldom visited is followed: μ·dt·curvature up the walls, and where an outlier of the start falls. Steps grow unstable from 2
 * on, and a wall x⁶ bends ten times more only at thirty times the energy.
 */
export const followed = 0.2
/** The region that counts as visited: on-site energies up to this many kT above their minimum (probability e^-8). */
const visitedEnergy = 8
/** Displacements looked at: within multiples of the starting scale, then within what of these is visited. */
const gridPoints = 200
/** States whose curvature is looked at, at most and at least: they stand for a distribution that is at least eight of its widths wide. */
const curvaturePoints = [50, 12] as const
/** Entries of their Hessians together: networks of hundreds of units have fewer states. */
const mostEntries = 2 ** 21
/** Closer looks at the grid: each makes it at least twice as fine. */
const mostLooks = 20
/** Intervals that are bisected in search of a narrow feature. */
const mostBisections = 20_000
/** Halvings of an interval of the grid: features narrower than a billionth of the region are points. */
const deepest = 24

/** A place where a term bends more than anywhere on the grid of `visitedCurvature`. */
export interface NarrowFeature {
  readonly term: string
  readonly x: number
}

/** `visitedCurvature`, and a feature between the points of its grid that decides it, if one does. */
interface Visited {
  readonly curvature: number
  readonly narrow: NarrowFeature | null
  /** the displacement that the curvature is of, or has most of its mean square from */
  readonly x: number
  /** the largest displacement that is visited; null where the landscape is harmonic, and as wide as it is stiff */
  readonly reach: number | null
}

/** States where the units move alike, and which of them are visited. */
interface Region {
  /** displacements, ascending, [gridPoints] */
  readonly grid: Float64Array
  /** energies above the lowest in units of kT, divided by the units: [gridPoints] */
  readonly energy: Float64Array
  /** whether a displacement is visited */
  readonly isReached: (x: number) => boolean
}

/**
 * The curvature (Gershgorin's bound) that a step must resolve: its root mean square over the Boltzmann distribution of states where the
 * units move alike, since by that the scheme's own law differs from Boltzmann's (ρ ∝ exp(-(U - μdt|∇U|²/4 + …)/kT), and
 * ⟨|∇U|²⟩ = kT⟨∇²U⟩); or a tenth of the largest where they have at most 8 kT each above the lowest such state, which is to be followed.
 * States are looked at on a grid; between its points, terms on single units are by the bounds of their second derivative. Units that move
 * faster than the bath says count for as much more. What walls and active forces ask for besides is longestOfUnits.
 *
 * @param initial - initial states, [units, batch]: how far the grid reaches at first, and nothing else
 *
 * Cost: O(gridPoints·edges); one state's where the potential is harmonic.
 * Source: Leimkuhler and Matthews, Molecular Dynamics (2015), chapter 7, for the law of the scheme.
 */
export function visited(
  potential: Potential,
  theta: Float64Array,
  { kT }: Pick<Bath, 'kT'>,
  initial: Float64Array,
): Visited {
  const { units, mobility } = potential.network
  const fast = mobility?.map((own) => Math.max(1, own)) ?? null
  const at = (x: Float64Array) => relaxationBound(potential, theta, x, fast)
  // Units with states have no curvature: only the others' counts.
  if (hasStates(potential.network) && isHarmonicGivenStates(potential))
    return {
      curvature: relaxationBound(potential, theta, new Float64Array(units), mobility),
      narrow: null,
      x: 0,
      reach: null,
    }
  if (potential.terms.every(({ harmonic }) => harmonic))
    return { curvature: at(new Float64Array(units)), narrow: null, x: 0, reach: null }
  const region = visitedRegion(potential, theta, kT, initial)
  const { grid, energy } = region
  const reached = [...energy.keys()].filter((n) => energy[n]! <= visitedEnergy)
  const [most, least] = curvaturePoints
  const stride = Math.ceil(reached.length / Math.min(most, Math.max(least, mostEntries / units ** 2)))
  let [squares, weights] = [0, 0]
  let [largest, heaviest] = [
    { of: 0, x: 0 },
    { of: 0, x: 0 },
  ]
  reached.forEach((n, index) => {
    // The ends are looked at whatever the stride: walls are steepest there.
    if (index % stride !== 0 && index + 1 !== reached.length) return
    const curvature = at(new Float64Array(units).fill(grid[n]!))
    const weight = Math.exp(-energy[n]!)
    squares += weight * curvature ** 2
    weights += weight
    if (curvature > largest.of) largest = { of: curvature, x: grid[n]! }
    if (weight * curvature ** 2 > heaviest.of) heaviest = { of: weight * curvature ** 2, x: grid[n]! }
  })
  const mean = weights > 0 ? Math.sqrt(squares / weights) : 0
  const wall = (resolution / followed) * largest.of
  const curvature = Math.max(mean, wall)
  const between = narrowest(potential, theta, region)
  return {
    curvature: curvature + between.excess,
    narrow: between.excess > 0.25 * curvature ? between : null,
    x: (mean > wall ? heaviest : largest).x,
    reach: reached.reduce((most, n) => Math.max(most, Math.abs(grid[n]!)), 0),
  }
}

/** Displacements from -span to span, as far as any unit may be; near the box where that is farther out. */
function withinWalls({ coordinates, ordinary }: Network, span: number): [number, number] {
  if (!hasWalls(coordinates)) return [-span, span]
  const lower = ordinary.reduce((least, unit) => Math.min(least, coordinates.lower[unit]!), Infinity)
  const upper = ordinary.reduce((most, unit) => Math.max(most, coordinates.upper[unit]!), -Infinity)
  const [from, to] = [Math.max(-span, lower), Math.min(span, upper)]
  if (from < to) return [from, to]
  return lower > -span ? [lower, Math.min(upper, lower + 2 * span)] : [Math.max(lower, upper - 2 * span), upper]
}

/** Where units that move alike have at most 8 kT each above the lowest such state, on a grid that is about as wide. */
function visitedRegion(potential: Potential, theta: Float64Array, bath: number, initial: Float64Array): Region {
  const { units, temperature } = potential.network
  // Of several baths the hottest takes units farthest.
  const kT = bath * hottest(temperature)
  const farthest = initial.reduce((most, x) => Math.max(most, Math.abs(x)), 1)
  const states = new Float64Array(units * gridPoints)
  const energy = new Float64Array(gridPoints)
  let [from, to] = withinWalls(potential.network, 5 * farthest)
  for (let look = 1; ; look++) {
    const grid = states.subarray(0, gridPoints)
    for (let n = 0; n < gridPoints; n++) grid[n] = from + ((to - from) * n) / (gridPoints - 1)
    for (let i = 1; i < units; i++) states.set(grid, i * gridPoints)
    forceAndEnergy(potential, theta, states, gridPoints, null, energy)
    const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
    const above = energy.map((value) => (value - lowest) / (kT * units))
    const first = above.findIndex((value) => value <= visitedEnergy)
    const last = above.findLastIndex((value) => value <= visitedEnergy)
    if (last - first > gridPoints / 4 || look === mostLooks || first < 0) {
      const alike = new Float64Array(units)
      const energyAt = new Float64Array(1)
      const isReached = (x: number) => {
        forceAndEnergy(potential, theta, alike.fill(x), 1, null, energyAt)
        return energyAt[0]! - lowest <= visitedEnergy * kT * units
      }
      return { grid: grid.slice(), energy: above, isReached }
    }
    ;[from, to] = [grid[Math.max(0, first - 1)]!, grid[Math.min(gridPoints - 1, last + 1)]!]
  }
}

/** Displacements that `visitedPlaces` gives, about. */
const places = 8

/** Some of the displacements at which units that move alike are visited (see `visited`), ascending, with both ends. */
export function visitedPlaces(potential: Potential, theta: Float64Array, kT: number, initial: Float64Array): number[] {
  const { grid, energy } = visitedRegion(potential, theta, kT, initial)
  const reached = [...grid].filter((_, n) => energy[n]! <= visitedEnergy)
  const stride = Math.ceil(reached.length / places)
  return reached.filter((_, n) => n % stride === 0 || n + 1 === reached.length)
}

/** The curvature alone. */
export function visitedCurvature(...of: Parameters<typeof visited>): number {
  return visited(...of).curvature
}

/** The most that terms bend more between the points of a grid than on them, times their largest parameter. */
function narrowest(
  potential: Potential,
  theta: Float64Array,
  { grid, isReached }: Region,
): NarrowFeature & { excess: number } {
  let most = { term: '', x: 0, excess: 0 }
  eachTerm(potential, (term, own) => {
    const { name, curvatureBounds } = term
    if (curvatureBounds === undefined) return
    const parameters = own(theta)
    const bounds = (from: number, to: number) => curvatureBounds(from, to, parameters.at(-1)!)
    const weight = parameters
      .subarray(0, ownSize(term))
      .reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
    const onGrid = grid.filter(isReached).reduce((largest, x) => Math.max(largest, magnitude(bounds(x, x))), 0)
    const { x, curvature } = steepestPlace(bounds, isReached, grid, onGrid)
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
