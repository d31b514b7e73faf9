import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { sayBetweenKeys } from './between-keys.js'
import { dataSchema } from './data.js'
import { networkSchema } from './network.js'
import { objectiveSchema } from './objective.js'
import type { Say } from './objectives/common.js'
import { potentialSchema } from './potential.js'
import { ruleKeys } from './rule-keys.js'
import { scheduleEntry, scheduleSchema } from './schedule.js'

/**
 * The scenario: everything a user can ask for, in one place. Types, defaults, messages and scenarios/schema.json all come
 * from here. Unknown keys are refused. Units: energies in those of kT, times in 1/(mobility·stiffness).
 */

const positive = z.number().positive()
const count = z.int().positive()
const perUnit = z.union([z.number(), z.array(z.number())]).describe('one value for all, or a list with one value each')

/** Schemes that move trajectories. */
const integratorNames = ['euler-maruyama', 'heun', 'leimkuhler-matthews', 'exact-ou', 'ou-splitting', 'mala'] as const

/** Quantities a run can measure along its trajectories. */
const observableNames = [
  'work',
  'heat',
  'entropy-production',
  'virial',
  'trajectories',
  'energy',
  'moments',
  'first-passage',
  'force',
  'autocorrelation',
  'error-budget',
] as const
/** Exact truths a run can be compared with; each says where it applies. */
const checkNames = [
  'first-law',
  'heat-integral',
  'gaussian-moments',
  'autocorrelation',
  'boltzmann-moments',
  'quartic-moments',
  'stationary-covariance',
  'work-mean',
  'free-energy',
  'mean-first-passage',
  'reverse-noising',
  'exact-score',
  'contrast-bias',
  'mixture-modes',
] as const

const scenarioObject = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, "." and "-"'),
  about: z.string().default('').describe('one sentence: what the scenario shows'),
  seed: z.int().min(0).default(1).describe('seed of every random number in the run'),
  data: dataSchema.optional(),
  network: networkSchema,
  potential: potentialSchema,
  bath: z.strictObject({ kT: positive.default(1).describe('temperature'), mobility: positive.default(1) }).prefault({}),
  noising: z
    .strictObject({
      stiffness: positive.default(1).describe('k0 of the harmonic trap that noises the data'),
      duration: positive.default(3).describe('T, the noisiest time'),
      tMin: positive.default(0.01).describe('the least noisy time, where generation ends'),
      slices: count.default(40).describe('K slices = K+1 knots t_0 = T > … > t_K = tMin'),
      spacing: z.enum(['geometric', 'linear']).default('geometric'),
    })
    .prefault({}),
  learning: z
    .strictObject({
      ...ruleKeys,
      optimizer: z
        .strictObject({
          kind: z.literal('adam').default('adam'),
          rate: positive.default(0.01).describe('step at the noisiest slice; it scales with kT/(k0 s²) on the others'),
          finalRate: positive.max(1).default(0.1).describe('fraction of the rate left at the end of a slice (cosine)'),
          beta1: z.number().min(0).max(0.9999).default(0.9),
          beta2: z.number().min(0).max(0.9999).default(0.99),
        })
        .prefault({}),
      iterations: count.default(300).describe('per slice; the first slice gets three times as many'),
      batch: count.default(256).describe('noised samples per iteration'),
      average: z.boolean().default(true).describe('keep the mean of the second half of the iterates of each slice'),
      oracle: z.boolean().default(false).describe('solve each slice by least squares too, and report the gap'),
    })
    .optional(),
  objective: objectiveSchema.optional().describe('how an energy is learned or weighed, in place of learning'),
  initial: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('point'), x: perUnit }),
      z.strictObject({ kind: z.literal('gaussian'), mean: perUnit.default(0), variance: positive.default(1) }),
      z
        .strictObject({ kind: z.literal('equilibrium') })
        .describe('the Boltzmann distribution of the first landscape; for harmonic potentials'),
    ])
    .optional()
    .describe('where a plain simulation starts'),
  protocol: z
    .strictObject({
      duration: positive.describe('simulated time'),
      dt: positive.optional().describe('time step; from the stiffness when absent'),
      kT: scheduleEntry.optional().describe('temperature of the bath on the way, when it is not bath.kT throughout'),
      reversed: z.boolean().default(false).describe('run the schedules backwards, θ(duration - t)'),
      bothWays: z
        .boolean()
        .default(false)
        .describe('run other trajectories through the reversed protocol too: free energy by Bennett and Crooks'),
      parameters: z
        .record(z.string(), scheduleSchema)
        .describe(
          'values of the terms, by name: stiffness, cubic, quartic, bias, bilinear, pair-quartic, hidden-coupling, hidden-bias, or your own',
        ),
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
      trajectories: count.default(1000),
      batch: count.default(256).describe('trajectories that advance together; never changes a bit'),
      integrator: z.enum(integratorNames).default('euler-maruyama').describe('scheme that moves the trajectories'),
      drive: z.enum(['reverse', 'quasi-static']).default('reverse'),
      slowdown: positive.default(1).describe('the generation protocol runs this many times slower'),
      interpolation: z
        .enum(['linear', 'alternate', 'hold'])
        .default('linear')
        .describe('between two knots: of the parameters, or of the force by switching between them, or none'),
      dt: positive.optional().describe('time step; from the stiffness of each slice when absent'),
      label: z
        .int()
        .min(0)
        .optional()
        .describe('the class that label units are clamped to; drawn as often as in the data when absent'),
      denoise: z.boolean().default(true).describe('a last Tweedie step at tMin'),
      record: z.int().min(0).default(8).describe('trajectories kept with all their times (observe: trajectories)'),
    })
    .prefault({}),
  finalDensity: z
    .enum(['gaussian', 'exact', 'nearest-neighbour'])
    .default('gaussian')
    .describe(
      'how entropy-production knows the density of the final states: a Gaussian fit, a harmonic law, neighbours',
    ),
  observe: z.array(z.enum(observableNames)).default(['work', 'heat', 'entropy-production', 'virial', 'trajectories']),
  checks: z.array(z.enum(checkNames)).default([]),
  profiles: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .refine((profiles) => Object.keys(profiles).length <= 32, 'expected at most 32 profiles')
    .default({})
    .describe('named sets of changes, a dotted path to a value each: --profile quick'),
})

/** A scenario whose keys are right one by one. */
export type Keys = z.output<typeof scenarioObject>

/** Sections that say how trajectories are drawn and watched, with what they are when absent. */
const trajectories = scenarioObject.pick({ sampling: true, observe: true, finalDensity: true })
const absent = trajectories.parse({})

/** The scenario with the rules that hold between its keys. */
export const scenarioSchema = scenarioObject.superRefine((scenario, context) => {
  const say: Say = (path, message) => context.addIssue({ code: 'custom', path, message })
  sayBetweenKeys(scenario, say)
  if (scenario.objective === undefined) return
  for (const key of trajectories.keyof().options)
    if (!isDeepStrictEqual(scenario[key], absent[key]))
      say([key], `an objective draws and watches its own states; remove ${key} (its keys stand under objective)`)
})

/** A complete scenario, defaults filled in. */
export type Scenario = z.output<typeof scenarioSchema>
/** What a scenario file may leave out and what it must hold. */
export type ScenarioInput = z.input<typeof scenarioSchema>

/** The JSON Schema (draft 7) that editors use for completion; ships as scenarios/schema.json. */
export function scenarioJsonSchema(): object {
  return { title: 'overdamped scenario', ...z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' }) }
}
