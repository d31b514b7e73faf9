import { z } from 'zod'
import { type Hardware, idealHardware, roundings, trainings } from '../../learning/hardware/hardware.js'
import { count, inWords, positive } from './parts.js'

const trainingMeanings = {
  'in-loop': 'what is learned from is measured on this device, and its parameters are moved',
  model: 'an ideal network learns, and its parameters are put on this device',
} as const satisfies Record<(typeof trainings)[number], string>

/** How numbers come to have few bits, in words. */
export const roundingMeanings = {
  nearest: 'to the nearest level',
  stochastic: 'up as often as a value is near the level above it, so that the mean stays',
} as const satisfies Record<(typeof roundings)[number], string>

const size = z.number().min(0)
const part = z.number().min(0).max(1)
const bits = z.int().min(2).max(16)
const rounding = z.enum(roundings).default('nearest').describe(inWords(roundingMeanings))
const { force, disorder } = idealHardware
const driftTime = positive.default(force.driftTime).describe('its correlation time in iterations')

const errors = {
  noise: size.default(0).describe('rms of what is independent each time'),
  offset: size.default(0).describe('rms over the places of what is the same each time'),
  drift: size.default(0).describe('rms of what wanders (AR(1))'),
  driftTime,
}

/** The section `hardware`: what a device is not that it should be. Sizes of 0, and what is absent, are ideal. */
export const hardwareSchema = z.strictObject({
  training: z
    .enum(trainings)
    .default(idealHardware.training)
    .describe(`where the network learns. ${inWords(trainingMeanings)}`),
  device: count.optional().describe('number of the specimen: what is drawn at its fabrication; the seed when absent'),
  force: z.strictObject(errors).prefault({}).describe('errors of the force sensors, in kT over a length'),
  storage: z
    .strictObject({ bits: bits.describe('of each parameter, one of them its sign'), rounding })
    .optional()
    .describe('how the device holds parameters; full scale is the largest of their kind at a knot'),
  update: z
    .strictObject({
      bits: bits.optional().describe('parameters between updates have so many, one of them the sign; all when absent'),
      rounding,
      ...errors,
      delay: z.int().min(0).max(1000).default(0).describe('updates from a measurement to the one that it moves'),
    })
    .prefault({})
    .describe('errors of updates over their rms, and how parameters are accumulated'),
  disorder: z
    .strictObject({
      stiffness: size.default(0).describe('relative rms deviation of what each unit has, drawn at fabrication'),
      couplings: size.default(0).describe('the same of couplings'),
      drift: size.default(0).describe('relative rms of what wanders of both while it is trained (AR(1))'),
      driftTime: positive.default(disorder.driftTime).describe('its correlation time in iterations'),
    })
    .prefault({})
    .describe('what parameters become on the device'),
  dead: part
    .default(0)
    .describe(
      'part of the hidden units that do not answer; without hidden ones of the visible units, which keep the trap',
    ),
  missing: part.default(0).describe('part of the couplings that are not there'),
  bath: z
    .strictObject({
      mismatch: z.number().gt(-1).default(0).describe("(kT' - kT)/kT of the device's bath"),
      gradient: z
        .number()
        .gt(-2)
        .lt(2)
        .default(0)
        .describe('temperature of the last visible unit less that of the first, over their mean'),
    })
    .prefault({})
    .describe('temperatures of the device'),
  protocol: z
    .strictObject({
      slew: positive.optional().describe('largest change of a parameter in unit time; any when absent'),
      range: positive.optional().describe('largest size of a parameter; any when absent'),
    })
    .prefault({})
    .describe('what drives the parameters in generation'),
  crosstalk: part.default(0).describe('part of what is set at a unit that also reaches each of its nearest neighbours'),
  readout: size.default(0).describe('rms error of a state that is read, samples among them'),
})

/** The hardware that a scenario describes. @param seed - of the run */
export function hardwareOf(keys: z.output<typeof hardwareSchema>, seed: number): Hardware {
  const { storage = null, update, protocol, device = seed, ...others } = keys
  const { bits, rounding, ...errors } = update
  return {
    ...others,
    ...{ device, storage },
    update: { ...errors, rounding: bits === undefined ? null : { bits, rounding } },
    protocol: { slew: protocol.slew ?? null, range: protocol.range ?? null },
  }
}
