import { z } from 'zod'
import { count, positive, type Say, values } from '../parts.js'
import { common, type Surroundings, sayDataMissing, walkers } from './common.js'

/** objective.kind falcon. */
export const falcon = z
  .strictObject({
    kind: z.literal('falcon'),
    ...common,
    frozen: z
      .array(z.string())
      .default([])
      .describe('terms that no step of the protocol has, such as a quartic one, which bends without bound'),
    target: values.describe('parameters of the law that is weighed for, by term; what is not named is 0'),
    steps: z
      .array(count.max(64))
      .min(1)
      .max(5)
      .default([8])
      .describe(
        'noiseless steps of a protocol; the first number is judged by its effective share, others stand beside it',
      ),
    few: count
      .max(64)
      .optional()
      .describe('steps so few that without a barrier they fold: shown without one, with it, and with a cycle loss'),
    substeps: count
      .max(100)
      .default(17)
      .describe('of each slice of the noising, in the fine flow that the steps are learned from'),
    pairs: count.max(100_000).default(8000).describe('states of that flow'),
    walkers,
    share: positive.max(1).default(0.9).describe('least effective share of the walkers, over that of the fine flow'),
  })
  .describe('few steps without noise whose likelihood is exact, from a trap to the data, weighed for another law')

/** The truth is that of a network whose law is known, and the steps learn to make the states of another. */
export function sayFalcon(objective: unknown, scenario: Surroundings, say: Say): void {
  sayDataMissing(objective, scenario, say)
  if (scenario.data !== undefined && scenario.data.source !== 'boltzmann')
    say(['data', 'source'], 'expected boltzmann: states of a law that the target’s differs from by its parameters')
  if (!scenario.potential.onsite.includes('stiffness'))
    say(['potential', 'onsite'], 'expected stiffness among the terms: it takes in the trap that the noising begins in')
}
