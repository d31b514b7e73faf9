import { z } from 'zod'
import { defaultIntegrator, integrators } from '../../physics/dynamics/integrators.js'
import { mostFrames } from '../../physics/observe/recorded-steps.js'
import { clocks } from '../../physics/protocol/clock.js'
import { defaultGeneration, interpolations } from '../../physics/protocol/generation-protocol.js'
import { defaultDrive, defaultNoising, driveKinds, spacings } from '../../physics/protocol/noising.js'
import { bathSchema } from './bath.js'
import { checkMeanings, checksSchema } from './checks.js'
import { inpaintSchema, noisedSchema } from './conditions.js'
import { dataSchema } from './data.js'
import { hardwareSchema } from './hardware.js'
import { learningSchema } from './learning.js'
import { networkSchema } from './network.js'
import { objectiveSchema } from './objective.js'
import { observableMeanings, observeSchema } from './observables.js'
import { count, inWords, namesIn, positive, times } from './parts.js'
import { givenNames, potentialSchema } from './potential.js'
import { scheduleEntry, scheduleFile, scheduleSchema } from './schedule.js'

/**
 * The keys of a scenario: everything a user can ask for, in one place. Unknown keys are refused. What the engine has (terms,
 * integrators, rules, …) and its defaults are listed there and taken from there. Units: energies in those of kT, times in
 * 1/(mobility·stiffness).
 */

const perUnit = z.union([z.number(), z.array(z.number())]).describe('one value for all, or a list with one value each')

const integratorMeanings = {
  'euler-maruyama': 'a step along the force, and noise',
  heun: 'the force averaged with that where such a step leads',
  'leimkuhler-matthews': 'noise averaged over two steps: second order in equilibrium',
  'exact-ou': 'without error in harmonic potentials',
  'ou-splitting': 'the harmonic part without error, the rest by its force',
  mala: 'steps that are accepted or refused: a sampler, without work and heat',
  gibbs: 'each unit redrawn given all others: a sampler, without work and heat',
} as const satisfies Record<keyof typeof integrators, string>

/** Most times that can be recorded. */
export const mostRecorded = 100_000

/** Every key of a scenario, each right by itself. */
export const keysSchema = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, "." and "-"')
    .describe('of the run, of its page, and of its directory in runs/'),
  about: z.string().default('').describe('one sentence: what the scenario shows'),
  seed: z.int().min(0).default(1).describe('seed of every random number in the run'),
  data: dataSchema.optional().describe('what is learned from'),
  network: networkSchema.describe('the units, and who is coupled to whom'),
  potential: potentialSchema.prefault({ pair: ['bilinear'] }).describe('a harmonic network when absent'),
  bath: bathSchema.prefault({}).describe('what kicks the units and slows them'),
  noising: z
    .strictObject({
      stiffness: positive.default(defaultNoising.stiffness).describe('k0 of the harmonic trap that noises the data'),
      duration: positive
        .optional()
        .describe(
          `T, the noisiest time; ${defaultNoising.duration} by default, and 3 + ln(spread) over mobility·stiffness for an array whose spread is above that of the trap`,
        ),
      tMin: positive
        .optional()
        .describe(
          `the least noisy time, where generation ends; ${defaultNoising.tMin} by default, and for an array where noise is a few distances between neighbouring states wide`,
        ),
      slices: count.default(defaultNoising.slices).describe('K slices = K+1 knots t_0 = T > … > t_K = tMin'),
      spacing: z
        .enum(spacings)
        .default(defaultNoising.spacing)
        .describe('of the knots in noise time: geometric, by equal ratios, or linear, by equal steps'),
    })
    .prefault({})
    .describe('how data become noise, which generation runs backwards'),
  learning: learningSchema
    .optional()
    .describe('by which rule the network is trained, and how its gradient is followed'),
  hardware: hardwareSchema
    .optional()
    .describe('what the device that learns and generates is not that it should be; ideal when absent'),
  objective: objectiveSchema.optional().describe('how an energy is learned or weighed, in place of learning'),
  initial: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('point'), x: perUnit }).describe('all trajectories at one state'),
      z
        .strictObject({
          kind: z.literal('gaussian'),
          mean: perUnit.default(0),
          variance: positive.default(1).describe('of every unit'),
        })
        .describe('independent Gaussian units'),
      z
        .strictObject({ kind: z.literal('equilibrium') })
        .describe(
          'the Boltzmann distribution of the first landscape; for harmonic potentials, and uncoupled units in any',
        ),
      z
        .strictObject({
          kind: z.literal('relax'),
          from: z
            .tuple([perUnit, perUnit])
            .default([-2, 2])
            .describe('where one half of the trajectories begins, and where the other: opposite wells, say'),
          steps: times.default(2000).describe('of MALA, once its step is tuned'),
        })
        .describe('relaxed to the Boltzmann distribution of the first landscape by moves, from two places'),
    ])
    .optional()
    .describe('where a plain simulation starts'),
  protocol: z
    .strictObject({
      duration: positive.describe('simulated time'),
      dt: positive.optional().describe('time step; from the stiffness when absent'),
      kT: scheduleEntry
        .optional()
        .describe(
          'temperature of the bath on the way, when it is not bath.kT throughout; of a list the first, to which the others keep their ratios',
        ),
      reversed: z.boolean().default(false).describe('run the schedules backwards, θ(duration - t)'),
      bothWays: z
        .boolean()
        .default(false)
        .describe('run other trajectories through the reversed protocol too: free energy by Bennett and Crooks'),
      parameters: z
        .record(z.string(), scheduleSchema)
        .default({})
        .describe(`values of the terms, by name: ${givenNames.join(', ')}, or your own`),
      schedule: scheduleFile.optional(),
    })
    .optional()
    .describe('a plain simulation: the potential is given, nothing is learned'),
  firstPassage: z
    .strictObject({
      unit: z.int().min(0).default(0).describe('the unit that is watched'),
      to: z.number().describe('the position whose first crossing counts, from either side'),
    })
    .optional()
    .describe('what observe: first-passage looks for, after every step'),
  sampling: z
    .strictObject({
      trajectories: count.default(1000).describe('how many are drawn, or simulated'),
      batch: count.default(256).describe('trajectories that advance together; never changes a bit'),
      integrator: z
        .enum(namesIn(integrators))
        .default(defaultIntegrator)
        .describe(`scheme that moves the trajectories. ${inWords(integratorMeanings)}`),
      drive: z
        .enum(driveKinds)
        .default(defaultDrive)
        .describe(
          'reverse: the noising backwards, whose force is learned; quasi-static: through equilibria of what is learned',
        ),
      slowdown: positive
        .default(defaultGeneration.slowdown)
        .describe('the generation protocol runs this many times slower'),
      clock: z
        .enum(clocks)
        .optional()
        .describe(
          'how the noise time runs down, in the force that keeps its laws at that speed. uniform: evenly; optimal: so that least entropy is produced, by the learned force on noised data; in its own time when absent',
        ),
      duration: positive
        .optional()
        .describe('how long generation by a clock takes; as long as the noising when absent'),
      slowest: positive
        .optional()
        .describe(
          'least speed of an optimal clock, that of the reverse drive being 1: slower, a network shows what it did not learn',
        ),
      interpolation: z
        .enum(interpolations)
        .optional()
        .describe(
          `between two knots: of the parameters (linear), or of the force by switching between them (alternate), or none (hold); ${defaultGeneration.interpolation} by default, and alternate for hidden units where learning.optimizer.rate is absent`,
        ),
      dt: positive.optional().describe('time step; from the stiffness of each slice when absent'),
      label: z
        .union([z.int().min(0), z.string().min(1)])
        .optional()
        .describe('the class that label units are clamped to; drawn as often as in the data when absent'),
      inpaint: inpaintSchema.optional(),
      noised: noisedSchema.optional(),
      denoise: z.boolean().default(true).describe('a last Tweedie step at tMin'),
    })
    .prefault({})
    .describe('how many trajectories are drawn, and by which scheme'),
  record: z
    .strictObject({
      frames: count
        .max(mostRecorded)
        .optional()
        .describe(`how many times are recorded beside the start, about, evenly spaced; ${mostFrames} by default`),
      every: count.optional().describe('steps from one recorded time to the next, in place of frames'),
      trajectories: z
        .int()
        .min(0)
        .default(8)
        .describe('trajectories kept with all their times (observe: trajectories)'),
    })
    .prefault({})
    .describe('the times at which observables, curves and trajectories are recorded'),
  finalDensity: z
    .enum(['gaussian', 'exact', 'nearest-neighbour'])
    .default('gaussian')
    .describe(
      'how entropy-production knows the density of the final states: gaussian, a fit; exact, a harmonic law; nearest-neighbour, by distances',
    ),
  observe: observeSchema
    .default(['work', 'heat', 'entropy-production', 'virial', 'trajectories'])
    .describe(`what is measured, built-in by name or by a formula. ${inWords(observableMeanings)}`),
  checks: checksSchema
    .default([])
    .describe(
      `what is known and must come out; a run that misses one ends with exit code 1. ${inWords(checkMeanings)}`,
    ),
  profiles: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .refine((profiles) => Object.keys(profiles).length <= 32, 'expected at most 32 profiles')
    .default({})
    .describe('named sets of changes, a dotted path to a value each: --profile quick'),
})

/** A scenario whose keys are right one by one. */
export type Keys = z.output<typeof keysSchema>
