import { z } from 'zod'
import { count, times } from '../parts.js'
import { common, descent } from './common.js'

/** objective.kind nce. */
export const nce = z
  .strictObject({
    kind: z.literal('nce'),
    ...common,
    ...descent,
    refresh: times.default(20).describe('iterations between two copies of the model as noise, in the adaptive arm'),
    noise: count.max(1_000_000).default(4000).describe('noise states of an iteration'),
  })
  .describe('data against noise that is a frozen copy of the model, or stays what it was at the start')
