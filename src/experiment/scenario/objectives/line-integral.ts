import { z } from 'zod'
import { proposals, quadratures } from '../../../learning/objectives/line-integral.js'
import { count, namesIn, positive, type Say, someOf, times, values } from '../parts.js'
import { common, type Surroundings, step, walkers } from './common.js'

/** objective.kind line-integral. */
export const lineIntegral = z
  .strictObject({
    kind: z.literal('line-integral'),
    ...common,
    composedWith: z
      .array(values)
      .max(3)
      .default([])
      .describe('parameters of further networks with the same terms, whose energies add to that of start'),
    proposals: someOf(proposals).describe(
      'steps of langevin dynamics, which are asymmetric, or of a random-walk, symmetric jumps',
    ),
    rules: someOf(namesIn(quadratures)).describe(
      'how the force is integrated along a proposal: simpson and gauss-legendre by a few points, trapezoid by intervals',
    ),
    intervals: count.max(1000).default(10).describe('of the trapezoidal rule'),
    step: step.default(0.1),
    jump: positive.default(1).describe('standard deviation of a symmetric jump, in each unit'),
    spread: positive.default(1).describe('standard deviation of the states at first, in each unit'),
    walkers,
    steps: times.default(200).describe('moves of each walker; the second half is measured'),
  })
  .describe('Metropolis–Hastings by the work of the force along each proposal, without energies')

/** The potential is given, so there is nothing to learn from. */
export function sayLineIntegral(
  { proposals, rules }: z.output<typeof lineIntegral>,
  { data }: Surroundings,
  say: Say,
): void {
  if (data !== undefined) say(['data'], 'the potential is given by objective.start and learns nothing; remove data')
  for (const [key, list] of Object.entries({ proposals, rules }))
    if (new Set<string>(list).size !== list.length) say(['objective', key], 'each may stand once')
}
