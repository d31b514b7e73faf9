import type { Bath } from '../protocol/bath.js'
import type { Drive } from './drive.js'

/** A batch of trajectories that a scheme moves. */
export interface Batch {
  readonly drive: Drive
  readonly bath: Bath
  readonly batch: number
  /** of the noise, which is keyed by (seed, trajectory, step, unit) */
  readonly seed: number
  /** index of the first trajectory */
  readonly first: number
}

/** One step: the drive stands in its landscape. */
export interface StepInput {
  readonly step: number
  readonly dt: number
  /** temperature during the step */
  readonly kT: number
  /** states before, [units, batch] */
  readonly x: Float64Array
  /** the landscape's force there, [units, batch] */
  readonly force: Float64Array
}

/**
 * A scheme for dx = μF dt + sqrt(2μkT) dW. `start` takes a batch and returns what moves it: a function that writes the states
 * after a step, [units, batch]. It may call `drive.evaluate`, but must not jump.
 */
export interface Integrator {
  readonly name: string
  /** whether a step is one of the dynamics, with a work and a heat, or only of a sampler with the right equilibrium */
  readonly dynamical: boolean
  /** whether it moves units of different mobilities, and units that flip */
  readonly mobilities: boolean
  /** whether it moves harmonic landscapes only */
  readonly harmonic: boolean
  /** @throws E_INVALID_VALUE for a drive that the scheme can't move */
  start(batch: Batch): (input: StepInput, next: Float64Array) => void
}
