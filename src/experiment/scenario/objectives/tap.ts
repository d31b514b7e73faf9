import { z } from 'zod'
import { listed } from '../../../errors.js'
import { defaultTap, tapOrders } from '../../../learning/objectives/tap.js'
import { count, namesIn, positive, type Say, someOf, times } from '../parts.js'
import { common, descent, resampling, type Surroundings, sayDataMissing, walkers } from './common.js'
import { machineKeys } from './machine.js'

/** Arms whose magnetisations start at the data of each gradient, and those whose go on from one to the next. */
const expansions = namesIn(tapOrders)
const going = {
  'mean-field': 'mean-field-persistent',
  'second-order': 'second-order-persistent',
  'third-order': 'third-order-persistent',
} as const
/** Ways to find the model's means: chains, weighted walkers, a sum over all states, or an expansion. */
const arms = ['persistent', 'short-run', 'jarzynski', 'exact', ...expansions, ...Object.values(going)] as const

/** The order of the expansion that an arm is of; null for others. */
export function orderOf(arm: (typeof arms)[number]): 1 | 2 | 3 | null {
  const name = expansions.find((order) => order === arm || going[order] === arm)
  return name === undefined ? null : tapOrders[name]
}

/** Whether the magnetisations of an arm go on. */
export function isPersistent(arm: (typeof arms)[number]): boolean {
  return Object.values(going).some((name) => name === arm)
}

/** objective.kind tap. */
export const tap = z
  .strictObject({
    kind: z.literal('tap'),
    ...common,
    ...descent,
    arms: someOf(arms, ['persistent', 'short-run', ...expansions]).describe(
      'where the means of the model are from: persistent chains, chains from the data (short-run), weighted walkers (jarzynski), a sum over all ' +
        'states of the smaller layer (exact), or magnetisations by the expansion of the free energy to first (mean-field), second (second-order) or ' +
        `third order (third-order), which start at the data, or go on: ${listed(Object.values(going))}`,
    ),
    ...machineKeys(arms),
    walkers: walkers.describe('chains, walkers, or magnetisations'),
    steps: times.default(1).describe('sweeps of block Gibbs between two gradients'),
    sweeps: times.default(defaultTap.sweeps).describe('of the magnetisations between two gradients'),
    damping: z
      .number()
      .min(0)
      .max(0.99)
      .default(defaultTap.damping)
      .describe('share of the old magnetisation that a sweep keeps'),
    resampling,
    orders: z
      .strictObject({
        strengths: z.array(positive).min(2).max(10).default([0.05, 0.1, 0.2]).describe('s of couplings s·N(0, 1)'),
        bias: z.number().default(0.3).describe('of every unit'),
        machines: count.max(1000).default(10).describe('random ones, at each strength'),
      })
      .optional()
      .describe(
        'in place of learning: errors of each order against the strength of the couplings, in units of 0 and 1',
      ),
  })
  .describe('a restricted Boltzmann machine of two-state units by expansions of its free energy, beside chains')

/** A machine that learns needs data; the study of the orders brings machines of its own. */
export function sayTap(objective: z.output<typeof tap>, scenario: Surroundings, say: Say): void {
  if (objective.orders === undefined) sayDataMissing(objective, scenario, say)
  else if (scenario.data !== undefined)
    say(['data'], 'objective.orders is about machines drawn at random, which learn nothing; remove data or orders')
}
