import { z } from 'zod'
import { count, positive, type Say } from '../parts.js'
import type { Surroundings } from './common.js'
import { alongPath, sayPath } from './path.js'

/** objective.kind boltznce. */
export const boltznce = z
  .strictObject({
    kind: z.literal('boltznce'),
    ...alongPath,
    knots: z
      .array(positive.max(1))
      .min(2)
      .max(64)
      .default([0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1])
      .describe('times of the interpolant, ascending, between which the parameters are linear'),
    spread: positive.max(1).default(0.025).describe('standard deviation of the candidate times about their centre'),
    divergence: positive.default(0.02).describe('largest KL divergence, in nats, with which the run passes'),
    wrong: count.max(64).default(8).describe('wrong times beside each true one'),
  })
  .describe('scores along a stochastic interpolant, and which of nearby times a state belongs to')

/** Knots must be in order. */
export function sayBoltznce(objective: z.output<typeof boltznce>, scenario: Surroundings, say: Say): void {
  sayPath(objective, scenario, say)
  const { knots } = objective
  const wrong = knots.findIndex((t, k) => k > 0 && t <= knots[k - 1]!)
  if (wrong > 0)
    say(['objective', 'knots', wrong], `expected more than ${knots[wrong - 1]}, the knot before; got ${knots[wrong]}`)
}
