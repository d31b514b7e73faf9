import { forceAndEnergy, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import { relaxationBound } from './curvature.js'
import { followed, resolution } from './timestep.js'

/** States that are followed down: those of the highest energy. */
const mostFalling = 16
/** Entries of their Hessians together: networks of hundreds of units follow few. */
const mostEntries = 2 ** 18
/** Steps of a fall, at most: one from a wall xⁿ takes some tens. */
const mostSteps = 2000
/** Entries of the Hessians of all its steps, about a second of work: a network of thousands of units is followed less far. */
const mostEntriesOfFall = 2 ** 30

/** Steps from there to rest, at most. */
const mostToRest = 200
/** A step that moves no unit by more than this share of a thermal kick is one at rest. */
const still = 0.01

/** How a start relaxes from places steeper than any that is visited later. */
export interface Fall {
  /** times at which steps end that follow it, ascending; none where it needs none */
  readonly ends: readonly number[]
  /** the steepest place where it comes to rest, which no state of alike units may be near */
  readonly rest: number
}

/**
 * Follows the states of highest energy down the force, in steps of μ·dt·curvature = .2, until they are where a step that resolves
 * `curvature` follows them, and on to where they rest. A start far up a wall falls within 1/(μκ) of it: a few short steps do, and the
 * others need not be short.
 *
 * @param initial - initial states, [units, batch]
 * @param curvature - what the other steps resolve (see visitedCurvature)
 *
 * Cost: 16 Hessians for each step of the fall; one look at all the states.
 */
export function fallOf(
  potential: Potential,
  theta: Float64Array,
  { mobility, kT }: Bath,
  initial: Float64Array,
  curvature: number,
): Fall {
  const { units, mobility: relative } = potential.network
  if (potential.terms.every(({ harmonic }) => harmonic)) return { ends: [], rest: 0 }
  const bend = (x: Float64Array) => relaxationBound(potential, theta, x, null)
  const force = new Float64Array(units)
  /** moves a state down the force; how far, in thermal kicks */
  const move = (x: Float64Array, dt: number): number => {
    forceAndEnergy(potential, theta, x, 1, force, null)
    let farthest = 0
    for (let i = 0; i < units; i++) {
      const by = mobility * (relative?.[i] ?? 1) * dt * force[i]!
      x[i]! += by
      farthest = Math.max(farthest, Math.abs(by))
    }
    return farthest / Math.sqrt(2 * mobility * kT * dt)
  }
  const states = highest(potential, theta, initial)
  const isSteep = (x: Float64Array) => bend(x) > (followed / resolution) * curvature
  const ends: number[] = []
  const most = Math.max(20, Math.min(mostSteps, mostEntriesOfFall / (states.length * units ** 2)))
  let falling = states.filter(isSteep)
  for (let t = 0; falling.length > 0 && ends.length < most; falling = falling.filter(isSteep)) {
    const dt = followed / (mobility * Math.max(...falling.map(bend)))
    const isMoving = falling.map((x) => move(x, dt) > still).some(Boolean)
    t += dt
    ends.push(t)
    if (!isMoving) break
  }
  const rest = states.map((x) => {
    for (let step = 0; step < Math.min(mostToRest, most); step++)
      if (move(x, followed / (mobility * Math.max(bend(x), curvature))) <= still) break
    return bend(x)
  })
  // What stays steep is no fall but a well.
  return { ends: falling.some(isSteep) ? [] : ends, rest: Math.max(...rest) }
}

/** The states of highest energy among these, each [units]. */
function highest(potential: Potential, theta: Float64Array, initial: Float64Array): Float64Array[] {
  const { units } = potential.network
  const batch = initial.length / units
  const energy = new Float64Array(batch)
  forceAndEnergy(potential, theta, initial, batch, null, energy)
  const most = Math.max(1, Math.min(mostFalling, Math.floor(mostEntries / units ** 2)))
  return [...energy.keys()]
    .sort((a, b) => energy[b]! - energy[a]!)
    .slice(0, most)
    .map((b) => Float64Array.from({ length: units }, (_, i) => initial[i * batch + b]!))
}
