import { z } from 'zod'
import { covariances } from '../../../learning/objectives/moment-matching.js'
import { count, positive, type Say, someOf, times } from '../parts.js'
import { common, type Surroundings, sayDataMissing } from './common.js'

/** objective.kind moment-matching. */
export const momentMatching = z
  .strictObject({
    kind: z.literal('moment-matching'),
    ...common,
    noise: z.array(positive).min(1).max(5).default([0.3, 0.6, 1]).describe('σ, one or several to compare'),
    trusted: positive
      .default(0.3)
      .describe('largest σ at which the full covariance must hold; that it does not above is shown'),
    arms: someOf(covariances).describe(
      'the covariance of x given y: full, its diagonal, or isotropic, a multiple of the identity',
    ),
    laws: someOf(['exact', 'learned'], ['exact']).describe(
      'the law of the noised data: exact, that of the mixture itself, or learned, the potential, linear in its parameters, fitted by denoising score matching at each σ',
    ),
    draws: count.max(100).default(2).describe('how often each datum is noised to learn from'),
    chains: count.max(100_000).default(8000).describe('Gibbs chains, each from a datum of its own'),
    sweeps: times.min(20).default(80).describe('sweeps of a chain; its second half counts'),
  })
  .describe('denoising Gibbs chains whose x given y is Gaussian, with the moments that the noised energy gives')

/** The truth is that of a mixture of Gaussians. */
export function sayMomentMatching(objective: unknown, scenario: Surroundings, say: Say): void {
  sayDataMissing(objective, scenario, say)
  if (scenario.data?.source === 'boltzmann')
    say(
      ['data', 'source'],
      'expected a mixture of Gaussians, whose noised law is known: density (eight-gaussians, correlated-mixture, two-modes) or gaussian-mixture',
    )
}
