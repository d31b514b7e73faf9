import { z } from 'zod'
import { count, positive, type Say, someOf, times } from '../parts.js'
import { common, descent, type Surroundings, sayDataMissing } from './common.js'

/** objective.kind energy-filter. */
export const energyFilter = z
  .strictObject({
    kind: z.literal('energy-filter'),
    ...common,
    ...descent,
    batch: z.int().min(2).max(1000).default(100).describe('B, pairs of an iteration: each is told from B - 1 others'),
    finalRate: positive.max(1).default(0.05).describe('fraction of the rate left at the end (cosine)'),
    arms: someOf(['oracle', 'none', 'free-energy', 'swapped', 'complementary']).describe(
      'what stands beside the filter: oracle, one that knows the truth; none, and one by the free-energy of a batch, controls; and what else ' +
        'learns from what the filter kept: with weights from the other direction’s entropy (swapped), or from what it took out as well (complementary)',
    ),
    permuted: z.number().min(0).max(0.9).default(0.4).describe('share of the pairs whose partners are permuted'),
    warmUp: times.default(100).describe('iterations on all pairs before the first filter'),
    rounds: count.max(100).default(5).describe('filters, after each of which learning begins afresh'),
    orders: count.max(100).default(3).describe('random batches in which a pair is scored'),
    heldOut: z.int().min(100).max(10_000).default(2000).describe('pairs that judge'),
  })
  .describe(
    'a contrastive energy of pairs, some of which do not belong together, that filters them by its own energies',
  )

/** Data that are pairs, in batches of which there are some. */
export function sayEnergyFilter(settings: z.output<typeof energyFilter>, scenario: Surroundings, say: Say): void {
  sayDataMissing(settings, scenario, say)
  const { data } = scenario
  if (data === undefined || data.source !== 'pairs') return
  const most = Math.min(data.samples, settings.heldOut)
  if (settings.batch > most)
    say(
      ['objective', 'batch'],
      `${settings.batch} pairs; expected at most ${most}, as many as there are (data.samples, objective.heldOut)`,
    )
}
