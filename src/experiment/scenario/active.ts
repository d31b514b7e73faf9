import { z } from 'zod'
import { positive } from './parts.js'

/** The section `bath.active`: an active bath. */
export const activeSchema = z
  .strictObject({
    time: positive.describe('correlation time of the forces'),
    counts: z
      .enum(['work', 'bath'])
      .default('work')
      .describe('what they do: work that is done on the units, or a part of the bath, in neither work nor heat'),
  })
  .describe(
    'a random force on each visible unit that is correlated in time, Ornstein–Uhlenbeck noise; its root mean square is the parameter activity',
  )
