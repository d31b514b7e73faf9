import { z } from 'zod'
import { moves } from '../../../learning/objectives/moves.js'
import { namesIn, type Say, someOf, times } from '../parts.js'
import { common, control, descent, type Surroundings, sayDataMissing, step, walkers } from './common.js'
import { machineKeys, sayMachine } from './machine.js'

const arms = ['short-run', 'persistent'] as const

/** objective.kind contrastive-divergence. */
export const contrastiveDivergence = z
  .strictObject({
    kind: z.literal('contrastive-divergence'),
    ...common,
    ...descent,
    arms: someOf(arms).describe(
      'the negative phase: chains restarted at the data (short-run), or chains that go on (persistent)',
    ),
    kernel: z
      .enum([...namesIn(moves), 'gibbs'])
      .default('langevin')
      .describe(
        'how the chains move: langevin; mala, the same with acceptance; gibbs redraws each unit given all others, and is what units with states have',
      ),
    walkers: walkers.describe('persistent chains'),
    step: step.default(0.1),
    steps: times.default(10).describe('k, steps of a chain between two gradients'),
    control,
    ...machineKeys(arms),
  })
  .describe('short runs from the data, or persistent chains, in place of the model')

/** Continuous units, or those of a machine. */
export function sayContrastiveDivergence(
  objective: z.output<typeof contrastiveDivergence>,
  scenario: Surroundings,
  say: Say,
): void {
  sayDataMissing(objective, scenario, say)
  sayMachine(objective, scenario, ['kernel', objective.kernel], say)
}
