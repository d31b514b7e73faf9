import { z } from 'zod'
import { count, positive, type Say } from '../parts.js'
import { common, type Surroundings, sayDataMissing } from './common.js'

/** What objectives have that learn an energy at several times of a path from data to noise. */
const alongPath = {
  ...common,
  steps: count.max(1_000_000).default(2000).describe('gradients followed, each on states noised anew'),
  rate: positive.default(0.05).describe('of Adam; it falls to a hundredth of itself (cosine)'),
  batch: count.max(100_000).default(512).describe('noised states of a gradient'),
  control: z
    .boolean()
    .default(false)
    .describe(
      'the classes alone are shown to miss the law, and where the data have several modes the scores alone too',
    ),
}

/** objective.kind diffclf. */
export const diffclf = z
  .strictObject({ kind: z.literal('diffclf'), ...alongPath })
  .describe('scores, and which of the noising’s knots a state was noised to: energies of all noise levels at once')

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

/** The law of the noised data must be known. */
export function sayPath(objective: unknown, scenario: Surroundings, say: Say): void {
  const { data, potential } = scenario
  sayDataMissing(objective, scenario, say)
  if (data?.source === 'density' && data.name === 'checkerboard')
    say(['data', 'name'], 'the law of the noised checkerboard is not known; use a mixture of Gaussians')
  if (potential.features?.wells !== undefined)
    say(
      ['potential', 'features', 'wells'],
      'the energies of all times must be linear in their parameters, and wells are not; use radial, polynomial or fourier',
    )
}

/** The same, and knots must be in order. */
export function sayBoltznce(objective: z.output<typeof boltznce>, scenario: Surroundings, say: Say): void {
  sayPath(objective, scenario, say)
  const { knots } = objective
  const wrong = knots.findIndex((t, k) => k > 0 && t <= knots[k - 1]!)
  if (wrong > 0)
    say(['objective', 'knots', wrong], `expected more than ${knots[wrong - 1]}, the knot before; got ${knots[wrong]}`)
}
