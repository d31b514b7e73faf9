import { areNone, type Errors, noErrors } from './errors.js'
import { type Rounding, roundings } from './rounding.js'

/** Where a network on imperfect hardware learns: measured on it, or on an ideal one whose parameters it is then given. */
export const trainings = ['in-loop', 'model'] as const

/** What a physical network is not that it should be. Sizes of 0, and nulls, are an ideal one. */
export interface Hardware {
  /** in-loop: what is learned from is measured on this specimen; model: on an ideal one */
  readonly training: (typeof trainings)[number]
  /** the specimen: what is drawn at its fabrication, and its errors */
  readonly device: number
  /** of the force sensors of its units, in kT over a length */
  readonly force: Errors
  /** how parameters are held; in full where null. Full scale is the largest value of a kind of parameter at a knot */
  readonly storage: Rounding | null
  /** the arithmetic that accumulates parameters */
  readonly update: UpdateErrors
  /** relative deviations of the values that parameters take */
  readonly disorder: Disorder
  /** part of the units that do not answer: hidden ones, or where there are none visible ones, of which the trap alone is left */
  readonly dead: number
  /** part of the couplings that are not there */
  readonly missing: number
  /** temperatures that are not as they should be */
  readonly bath: BathErrors
  /** what drives the protocol */
  readonly protocol: ProtocolLimits
  /** part of what is set at a unit that also reaches each neighbour of it */
  readonly crosstalk: number
  /** rms error of a state that is read */
  readonly readout: number
}

/** Errors of forming updates, over their rms, and of adding them up. */
interface UpdateErrors extends Errors {
  /** how parameters are held between updates; in full where null. Full scale is `updateRange` steps of the optimizer's scale */
  readonly rounding: Rounding | null
  /** updates from a measurement to the one that it moves */
  readonly delay: number
}

/** Relative rms deviations; a value is multiplied by a log-normal number of mean 1. */
interface Disorder {
  /** of what units have: stiffness, bias and all other terms of one unit */
  readonly stiffness: number
  /** of couplings */
  readonly couplings: number
  /** of both, wandering while it is trained: AR(1) */
  readonly drift: number
  /** its correlation time in iterations */
  readonly driftTime: number
}

/** Temperatures of the bath. */
interface BathErrors {
  /** (kT' - kT)/kT, > -1 */
  readonly mismatch: number
  /** temperature of the last unit less that of the first, over their mean; in (-2, 2) */
  readonly gradient: number
}

/** What a protocol can do. */
interface ProtocolLimits {
  /** largest |dθ/dt|; null: any */
  readonly slew: number | null
  /** largest |θ|; null: any */
  readonly range: number | null
}

/** Nothing that is off. */
export const idealHardware = {
  training: 'in-loop',
  device: 1,
  force: noErrors,
  storage: null,
  update: { ...noErrors, rounding: null, delay: 0 },
  disorder: { stiffness: 0, couplings: 0, drift: 0, driftTime: 100 },
  dead: 0,
  missing: 0,
  bath: { mismatch: 0, gradient: 0 },
  protocol: { slew: null, range: null },
  crosstalk: 0,
  readout: 0,
} as const satisfies Hardware

export { roundings }

/** Whether what learning measures, or does with it, is as it should be on this hardware. */
export function learnsIdeally(hardware: Hardware): boolean {
  const { force, update, readout } = hardware
  const updates = areNone(update) && update.rounding === null && update.delay === 0
  return areNone(force) && updates && readout === 0 && holdsIdeally(hardware) && isAtTemperature(hardware)
}

/** Whether parameters take the values that they are given. */
export function holdsIdeally({ storage, disorder, dead, missing, protocol, crosstalk }: Hardware): boolean {
  const { stiffness, couplings, drift } = disorder
  const isWhole = dead === 0 && missing === 0 && crosstalk === 0
  return storage === null && protocol.range === null && stiffness === 0 && couplings === 0 && drift === 0 && isWhole
}

/** Whether its bath has the temperature that it should have, everywhere. */
export function isAtTemperature({ bath: { mismatch, gradient } }: Hardware): boolean {
  return mismatch === 0 && gradient === 0
}

/** Whether nothing is off at all. */
export function isIdeal(hardware: Hardware): boolean {
  return learnsIdeally(hardware) && hardware.protocol.slew === null
}
