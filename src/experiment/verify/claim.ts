import type { Backend } from '../../backend/backend.js'
import { type SimulationOptions, simulationOf } from '../../backend/simulation.js'
import { createEnsemble, type Ensemble, gaussianStart, type InitialStates } from '../../physics/dynamics/ensemble.js'
import type { Observer } from '../../physics/dynamics/observer.js'
import { createNetwork, type Network } from '../../physics/network/network.js'
import { keepRows, type PointSet } from '../../physics/network/states.js'
import { keyOf, philox4x32 } from '../../physics/noise/philox.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { TopicName } from './topic-names.js'

/** What a claim is put to the test with. */
export interface Trial {
  /** what runs the simulations and the learning rules */
  readonly backend: Backend
  /** of this claim alone, see `seedOf` */
  readonly seed: number
  /** how many times more trajectories than by default, ≥ 1 */
  readonly effort: number
}

/** Something known exactly, and how it is measured: the rows share the claim's simulations. */
export interface Claim {
  /** names the claim's random numbers: a new name draws new ones */
  readonly name: string
  check(trial: Trial): Promise<Check[]>
}

/** Claims that belong together. */
export interface Topic {
  readonly name: TopicName
  /** what is exactly known, in a line */
  readonly truth: string
  readonly claims: readonly Claim[]
}

/**
 * The seed of a claim in [0, 2⁵³), a hash of its name (FNV-1a) mixed with the user's seed by Philox. Claims are independent of each
 * other, and adding or moving one leaves the numbers of the others as they were.
 */
export function seedOf(seed: number, name: string): number {
  let hash = 0x811c9dc5
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  const words = new Int32Array(4)
  const [low, high] = keyOf(seed)
  philox4x32(hash, 0, 0, 0, low, high, words)
  return (words[0]! >>> 0) + (words[1]! & 0x1fffff) * 2 ** 32
}

/** Says that an estimate is the truth to within 4 of its standard errors. */
export function estimateCheck(name: string, { value, standardError }: Estimate, truth: number): Check {
  return statisticalCheck(name, value, truth, standardError)
}

/** A Gaussian law of one coordinate. */
interface Gaussian {
  readonly mean: number
  readonly variance: number
}

/** Mean and variance of independent Gaussian values whose law is known exactly, with the standard errors of that law. */
export function gaussianChecks(name: string, values: Float64Array, law: Gaussian): Check[] {
  const n = values.length
  const mean = meanOf(values).value
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)
  return [
    statisticalCheck(`${name}: mean`, mean, law.mean, Math.sqrt(law.variance / n)),
    statisticalCheck(`${name}: variance`, variance, law.variance, law.variance * Math.sqrt(2 / (n - 1))),
  ]
}

/** A bath whose constants both differ from 1, so that none can be forgotten. */
export const bath: Bath = { kT: 0.7, mobility: 1.3 }

/**
 * Runs an ensemble on the trial's backend: in the bath above, by Euler–Maruyama, with the trial's seed, nothing measured unless
 * asked for. A backend runs one at a time.
 *
 * @param start - initial states, or the law of each coordinate, drawn with the simulation's seed
 */
export function simulated(
  trial: Trial,
  {
    start,
    seed = trial.seed,
    ...given
  }: Omit<SimulationOptions, 'start'> & { readonly start: InitialStates | Gaussian },
): Promise<Ensemble> {
  const begin = typeof start === 'function' ? start : gaussianStart(seed, start.mean, start.variance)
  return trial.backend.simulate(simulationOf({ bath, seed, ...given, start: begin }))
}

/** Keeps the states of all trajectories at each of the given frames: after step `index`, or at the start, -1. */
export function observeFrames(
  indices: readonly number[],
  trajectories: number,
  units: number,
): Observer & { readonly frames: readonly PointSet[] } {
  const frames = indices.map(() => createEnsemble(trajectories, units).final)
  return {
    frames,
    trajectories,
    wants: (index) => indices.includes(index),
    see: (states) => keepRows(states, frames[indices.indexOf(states.index)]!, states.first),
  }
}

/** Coordinate of one unit at every point. */
export function column({ points, count, units }: PointSet, unit: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => points[n * units + unit]!)
}

/** Units coupled by the given pairs only. */
export function unitsWith(units: number, edges: [number, number][] = []): Network {
  return createNetwork({ visible: { units }, couplings: { visible: { edges } } })
}
