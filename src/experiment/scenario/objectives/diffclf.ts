import { z } from 'zod'
import { alongPath } from './path.js'

/** objective.kind diffclf. */
export const diffclf = z
  .strictObject({ kind: z.literal('diffclf'), ...alongPath })
  .describe('scores, and which of the noising’s knots a state was noised to: energies of all noise levels at once')
