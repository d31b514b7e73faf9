import type { Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import type { Scheduled } from '../protocol/protocol.js'
import type { NarrowFeature } from './timestep.js'

/** A system with schedules that steps are chosen for. */
export interface Driven {
  readonly potential: Potential
  /** parameters where nothing is scheduled, [size] */
  readonly theta: Float64Array
  readonly scheduled: readonly Scheduled[]
  /** temperature over time; the bath's when null */
  readonly kT: Omit<Scheduled, 'parameter'> | null
  readonly bath: Bath
  /** initial states, [units, batch] */
  readonly initial: Float64Array
  readonly duration: number
}

/** The landscapes that a judge starts from. */
export interface Looks {
  /** parameters, [looks][size], and temperatures */
  readonly theta: readonly Float64Array[]
  readonly kT: readonly number[]
  /** bounds on the curvature, [looks] */
  readonly curvature: readonly number[]
  /** features of the potential too narrow for a grid of states, [looks] */
  readonly narrow: readonly (NarrowFeature | null)[]
  /** where they bend so, [looks] */
  readonly x: readonly number[]
  /** the largest displacement that is visited, [looks]; null in harmonic landscapes */
  readonly reach: readonly (number | null)[]
}
