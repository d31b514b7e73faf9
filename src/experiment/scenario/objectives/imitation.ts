import { z } from 'zod'
import { count, positive, type Say, times } from '../parts.js'
import { common, descent, type Surroundings, sayDataMissing } from './common.js'

const { batch: _, ...followed } = descent

/** objective.kind imitation. */
export const imitation = z
  .strictObject({
    kind: z.literal('imitation'),
    ...common,
    ...followed,
    finalRate: positive.max(1).default(0.02).describe('fraction of the rate left at the end (cosine)'),
    windows: z.array(count).min(1).max(10).default([5, 20, 100]).describe('steps of the paths that are told apart'),
    refresh: times.default(20).describe('iterations between two policies, in the cooperative arms'),
    lags: z
      .array(z.int().min(0))
      .min(1)
      .max(10)
      .optional()
      .describe(
        'in place of actions: steps between the two times of products whose means are imitated, by a network whose mobility is learned too; ' +
          'for series of more units than the network sees',
      ),
    policies: count.max(100_000).default(2000).describe('trajectories of the policy that imitates lagged products'),
    steps: count.max(10_000).default(60).describe('of each between two iterations; more than the largest lag'),
    step: positive.max(1).default(0.2).describe('share of a natural step at first, where lagged products are imitated'),
  })
  .describe('time series, told from those of a network that imitates them')

/** Data that are series. */
export function sayImitation(settings: z.output<typeof imitation>, scenario: Surroundings, say: Say): void {
  sayDataMissing(settings, scenario, say)
  const { data } = scenario
  const longest = Math.max(...(settings.lags ?? [0]))
  for (const key of ['windows', 'lags'] as const) {
    const list = settings[key] ?? []
    if (new Set(list).size !== list.length) say(['objective', key], 'each may stand once')
  }
  if (settings.lags !== undefined && settings.steps <= longest)
    say(['objective', 'steps'], `expected more than the largest lag, ${longest}`)
  if (data?.source !== 'trajectories') return
  const reached = settings.lags === undefined ? Math.max(...settings.windows) : longest
  if (data.steps < reached)
    say(
      ['data', 'steps'],
      `expected at least ${reached}, as objective.${settings.lags === undefined ? 'windows' : 'lags'} asks for`,
    )
  if (settings.lags === undefined && data.units !== undefined && data.units !== scenario.network.visible.units)
    say(
      ['data', 'units'],
      'units that are not seen leave paths whose action is not known; use objective.lags, or leave units away',
    )
}
