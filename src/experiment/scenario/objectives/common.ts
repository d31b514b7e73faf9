import { z } from 'zod'
import { defaultAdam } from '../../../learning/rules/adam.js'
import type { dataSchema } from '../data.js'
import type { networkSchema } from '../network.js'
import { count, positive, type Say, times, values } from '../parts.js'
import type { potentialSchema } from '../potential.js'

/** What every kind has. */
export const common = {
  start: values.default({}).describe('first values of the parameters, by term: one for all, or a list; 0 when absent'),
  repeats: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('independent repetitions, with seed, seed + 1, …; bars hold for each'),
}

const decay = z.number().min(0).max(0.9999)
/** What Adam has beside its rate. */
export const adamKeys = {
  beta1: decay.default(defaultAdam.beta1).describe("Adam's decay of the mean gradient, from one iteration to the next"),
  beta2: decay.default(defaultAdam.beta2).describe("Adam's decay of the mean squared gradient"),
}

/** How far and how fast a gradient is followed; for kinds that learn. */
export const descent = {
  frozen: z.array(z.string()).default([]).describe('terms whose parameters stay at their start'),
  iterations: times.default(400).describe('gradients followed'),
  optimizer: z
    .discriminatedUnion('kind', [
      z
        .strictObject({
          kind: z.literal('sgd'),
          rate: positive.default(0.1).describe('how far a parameter moves, over its gradient'),
        })
        .describe('steps along the gradient itself'),
      z
        .strictObject({
          kind: z.literal('adam'),
          rate: positive.default(0.01).describe('how far a parameter moves in an iteration, about'),
          ...adamKeys,
          epsilon: positive
            .optional()
            .describe('a gradient far below it moves nothing, so that what no state tells of stays (1e-8)'),
        })
        .describe('steps of about the same length for every parameter, whatever the size of its gradient'),
    ])
    .prefault({ kind: 'sgd' })
    .describe('how a gradient is followed'),
  batch: count.max(1_000_000).optional().describe('data states of an iteration; all of them when absent'),
}

/** How many states stand for the model. */
export const walkers = count.max(1_000_000).default(4000).describe('states of the model that move along')
/** When walkers that carry weights are resampled. */
export const resampling = z
  .number()
  .min(0)
  .max(1)
  .default(0.5)
  .describe('walkers are resampled when their effective number falls below this share; 0 never')
/** How log Z of a machine is estimated where it can't be summed. */
export const annealing = z
  .strictObject({
    walkers: count.max(100_000).default(100).describe('independent ones, whose weights are averaged'),
    steps: times.default(1000).describe('temperatures from no coupling to the whole of it'),
  })
  .optional()
  .describe(
    'log Z of a machine by annealed importance sampling; it is exact where a layer has at most 16 units, and stands beside it',
  )
/** h, the length of a step in time. */
export const step = positive.describe('h, the time of one step')

/** What the rule of an objective sees of a scenario. */
export interface Surroundings {
  readonly data?: z.output<typeof dataSchema> | undefined
  readonly network: z.output<typeof networkSchema>
  readonly potential: z.output<typeof potentialSchema>
  readonly learning?: object | undefined
}

/** For objectives that learn. */
export function sayDataMissing(_objective: unknown, { data }: Surroundings, say: Say): void {
  if (data === undefined)
    say(['data'], 'missing; this objective learns from data, for example data: { source: density, name: two-modes }')
}

/** A task on which a method is known to fail. */
export const control = z
  .boolean()
  .default(false)
  .describe('wells that nothing crosses between: chains without weights are shown to miss the weights of the data')
