import { z } from 'zod'
import { moves } from '../../../learning/objectives/moves.js'
import { namesIn, positive, type Say, someOf, times, values } from '../parts.js'
import { common, control, descent, resampling, type Surroundings, step, walkers } from './common.js'
import { hasStates, machineKeys, sayMachine } from './machine.js'

/** objective.kind jarzynski. */
export const jarzynski = z
  .strictObject({
    kind: z.literal('jarzynski'),
    ...common,
    ...descent,
    ramp: z
      .strictObject({
        to: values.describe('last values of the parameters'),
        steps: times.default(20).describe('equal ones, from start to there'),
      })
      .optional()
      .describe('a given protocol from start to these values, in place of data'),
    control,
    kernels: someOf([...namesIn(moves), 'gibbs', 'interpolant'], namesIn(moves)).describe(
      'how the walkers move: langevin; mala, the same with acceptance; interpolant, along a velocity that is known for a trap on a ramp; gibbs draws each unit from its law given all others, for stiffness, bias and bilinear with bistable hidden units, ' +
        'and for units with states',
    ),
    walkers,
    step: z.array(step).min(1).max(10).default([0.1]).describe('h, one or several to compare; gibbs has none'),
    moved: positive
      .max(1)
      .default(0.25)
      .describe('share of the walkers that move in an iteration of the minibatch arm'),
    resampling,
    ...machineKeys(['gibbs', 'minibatch']),
  })
  .describe('walkers that carry the weight their potential’s motion gave them')

/** Either data to learn from, or a ramp; the interpolant's velocity is known for traps on a ramp only. */
export function sayJarzynski(objective: z.output<typeof jarzynski>, scenario: Surroundings, say: Say): void {
  const { ramp, kernels } = objective
  const { data, potential } = scenario
  sayMachine(objective, scenario, ['kernels', kernels], say)
  if (ramp !== undefined && hasStates(scenario))
    say(['objective', 'ramp'], 'a ramp is of continuous units; remove it, and learn from data')
  if (ramp === undefined && data === undefined)
    say(['data'], 'expected either data, to learn from, or objective.ramp: { to: … }, a given protocol')
  if (ramp !== undefined && data !== undefined)
    say(['objective', 'ramp'], 'a ramp is a given protocol and learns nothing; remove ramp or data')
  const { onsite, pair, features } = potential
  const isTrap = onsite.length === 1 && onsite[0] === 'stiffness' && pair.length === 0 && features === undefined
  if (kernels.includes('interpolant') && (ramp === undefined || !isTrap))
    say(
      ['objective', 'kernels'],
      'the interpolant’s velocity is known for objective.ramp in potential: { onsite: [stiffness] }; use langevin or mala',
    )
}
