import { z } from 'zod'

/** A number above 0. */
export const positive = z.number().positive()
/** A whole number above 0. */
export const count = z.int().positive()
/** Values of parameters by term: one for all of a term's, or a list. */
export const values = z.record(z.string(), z.union([z.number(), z.array(z.number())]))

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

/** How far and how fast a gradient is followed; for kinds that learn. */
export const descent = {
  frozen: z.array(z.string()).default([]).describe('terms whose parameters stay at their start'),
  iterations: count.default(400),
  optimizer: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sgd'), rate: positive.default(0.1) }),
      z.strictObject({
        kind: z.literal('adam'),
        rate: positive.default(0.01),
        beta1: z.number().min(0).max(0.9999).default(0.9),
        beta2: z.number().min(0).max(0.9999).default(0.99),
      }),
    ])
    .prefault({ kind: 'sgd' }),
  batch: count.optional().describe('data states of an iteration; all of them when absent'),
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
/** h, the length of a step in time. */
export const step = positive.describe('h, the time of one step')

/** What a rule between keys sees of a scenario. */
export interface Surroundings {
  readonly data?: { readonly source: string; readonly name?: unknown } | undefined
  readonly network: {
    readonly visible: { readonly units?: number | undefined; readonly lattice?: readonly number[] | undefined }
    readonly hidden?: { readonly kind: string } | undefined
    readonly label?: unknown
  }
  readonly potential: {
    readonly onsite: readonly unknown[]
    readonly pair: readonly unknown[]
    readonly features?: { readonly wells?: unknown } | undefined
  }
  readonly learning?: unknown
  readonly protocol?: unknown
  readonly initial?: unknown
  readonly checks: readonly unknown[]
}

/** Reports what is wrong at the path of a key. */
export type Say = (path: (string | number)[], message: string) => void

/** For objectives that learn. */
export function sayDataMissing({ data }: Surroundings, say: Say): void {
  if (data === undefined)
    say(['data'], 'missing; this objective learns from data, for example data: { source: density, name: two-modes }')
}

/** A task on which a method is known to fail. */
export const control = z
  .boolean()
  .default(false)
  .describe('wells that nothing crosses between: chains without weights are shown to miss the weights of the data')
