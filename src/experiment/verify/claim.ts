import type { Backend, Simulation } from '../../backend/backend.js'
import { simulationOf } from '../../backend/simulation.js'
import type { Ensemble } from '../../physics/dynamics/ensemble.js'
import { createNetwork, type Network } from '../../physics/network/network.js'
import type { PointSet } from '../../physics/network/states.js'
import { keyOf, philox4x32 } from '../../physics/noise/philox.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'

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
  readonly name: string
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

/** Mean and variance of independent Gaussian values whose law is known exactly, with the standard errors of that law. */
export function gaussianChecks(name: string, values: Float64Array, law: { mean: number; variance: number }): Check[] {
  const n = values.length
  const mean = values.reduce((sum, x) => sum + x, 0) / n
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)
  return [
    statisticalCheck(`${name}: mean`, mean, law.mean, Math.sqrt(law.variance / n)),
    statisticalCheck(`${name}: variance`, variance, law.variance, law.variance * Math.sqrt(2 / (n - 1))),
  ]
}

/**
 * Runs an ensemble on the trial's backend: by Euler–Maruyama, with the trial's seed, nothing measured unless asked for. A
 * backend runs one at a time.
 */
export function simulated(
  trial: Trial,
  simulation: Parameters<typeof simulationOf>[0] & Pick<Simulation, 'bath' | 'start'>,
): Promise<Ensemble> {
  return trial.backend.simulate(simulationOf({ seed: trial.seed, ...simulation }))
}

/** Coordinate of one unit at every point. */
export function column({ points, count, units }: PointSet, unit: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => points[n * units + unit]!)
}

/** Units coupled by the given pairs only. */
export function unitsWith(units: number, edges: [number, number][] = []): Network {
  return createNetwork({ visible: { units }, couplings: { visible: { edges } } })
}
