import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { Noising } from '../../physics/protocol/noising.js'
import type { DescentState } from './descent.js'
import { type Device, deviceOf } from './device.js'

/** When something is measured or moved while a network learns. */
export interface Moment {
  /** number of the iteration: what wanders does so from one to the next */
  readonly iteration: number
  /** number of the update, of which an online rule has several in an iteration: what is independent has a number of its own */
  readonly update: number
}

/** What stands between a rule and the parameters that it moves: the device that it measures, and what adds its updates up. */
export interface Apparatus {
  /** that the device is in */
  readonly bath: Bath
  /** whether iterates may be averaged: a mean of numbers in few bits would need more of them */
  readonly averages: boolean
  /** the parameters that the device has when it is given others, [parameters], without what wanders in time */
  realised(theta: Float64Array): Float64Array
  /** The device at parameters θ, as it is and is read at a moment; without one as it was fabricated, read without error. */
  device(theta: Float64Array, at?: Moment): Device
  /** what becomes of an update that was formed (see descentStep), at noise time t; undefined where it is added as it is */
  formed(t: number, at: Moment, scale: Float64Array): ((before: Float64Array, theta: Float64Array) => void) | undefined
  /** puts the gradient that is due in the place of the one that was measured */
  delay(state: DescentState, gradient: Float64Array): void
}

/** Nothing stands between: the simulated network itself. */
export function idealApparatus(potential: Potential, { bath }: Noising): Apparatus {
  return {
    ...{ bath, averages: true },
    realised: (theta) => theta,
    device: (theta) => deviceOf(potential, theta, bath),
    formed: () => undefined,
    delay() {},
  }
}
