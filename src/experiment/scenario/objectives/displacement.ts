import { z } from 'zod'
import { count, positive, type Say, values } from '../parts.js'
import { common, type Surroundings, sayDataMissing } from './common.js'

const above = z.number().min(1)

/** objective.kind displacement. */
export const displacement = z
  .strictObject({
    kind: z.literal('displacement'),
    ...common,
    noise: positive.default(0.5).describe('σ of the corruption; units of a clamped block have none, and are held'),
    draws: count
      .max(100)
      .default(1)
      .describe('how often each datum is noised, where the potential is linear in its parameters'),
    steps: count
      .max(1_000_000)
      .default(2000)
      .describe('gradients followed where it is not linear, each on states noised anew'),
    rate: positive.default(0.02).describe('of Adam, in kT; it falls to a hundredth of itself (cosine)'),
    batch: count.max(100_000).default(500).describe('noised states of a gradient'),
    exact: values
      .optional()
      .describe('parameters whose one step is the best there is, where these are known: shown beside those learned'),
    more: z
      .array(
        z.strictObject({
          steps: count.min(2).max(1000).describe('how many, at falling noise'),
          above: above.describe('the least that their error is, over the smallest there is'),
        }),
      )
      .max(5)
      .default([])
      .describe('more than one step, and the least error over the smallest there is that so many are shown to have'),
    clean: above
      .optional()
      .describe('the same for the best single step along the exact score of the data as they were before the noise'),
  })
  .describe(
    'the force of corrupted states from their displacements: one step of it without noise is the best guess of what they were',
  )

/** The best guess must be known. */
export function sayDisplacement(objective: unknown, scenario: Surroundings, say: Say): void {
  sayDataMissing(objective, scenario, say)
  const { data } = scenario
  if (
    data !== undefined &&
    data.source !== 'boltzmann' &&
    data.source !== 'gaussian-mixture' &&
    data.source !== 'density'
  )
    say(['data', 'source'], 'expected boltzmann, gaussian-mixture or a density of one unit, whose noised law is known')
}
