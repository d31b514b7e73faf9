import { z } from 'zod'
import { moves } from '../../../learning/objectives/moves.js'
import { count, namesIn, someOf } from '../parts.js'
import { common, control, descent, step, walkers } from './common.js'

/** objective.kind contrastive-divergence. */
export const contrastiveDivergence = z
  .strictObject({
    kind: z.literal('contrastive-divergence'),
    ...common,
    ...descent,
    arms: someOf(['short-run', 'persistent']).describe(
      'the negative phase: chains restarted at the data, or chains that go on',
    ),
    kernel: z.enum(namesIn(moves)).default('langevin').describe('how the chains move'),
    walkers: walkers.describe('persistent chains'),
    step: step.default(0.1),
    steps: count.default(10).describe('k, steps of a chain between two gradients'),
    control,
  })
  .describe('short runs from the data, or persistent chains, in place of the model')
