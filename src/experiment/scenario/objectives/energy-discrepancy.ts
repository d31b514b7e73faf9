import { z } from 'zod'
import { heatWalks } from '../../../learning/objectives/heat-kernel.js'
import { perturbations } from '../../../learning/objectives/perturbation.js'
import { count, positive, type Say, times } from '../parts.js'
import { annealing, common, descent, type Surroundings, sayDataMissing } from './common.js'

const bar = positive.describe('nats')

/** objective.kind energy-discrepancy. */
export const energyDiscrepancy = z
  .strictObject({
    kind: z.literal('energy-discrepancy'),
    ...common,
    ...descent,
    scatter: z
      .record(z.string(), positive)
      .default({})
      .describe(
        'standard deviation of random numbers that are added to the start, by term: hidden units that are alike stay so',
      ),
    finalRate: positive.max(1).default(0.02).describe('fraction of the rate left at the end (cosine)'),
    perturbation: z
      .strictObject({
        walk: z
          .union([z.enum(perturbations), z.array(z.enum(heatWalks)).min(1)])
          .default('uniform')
          .describe(
            'of units with states, one for all, or a list with one for each. A jump goes to any state (uniform), to the next around a circle (cyclic) or on a line ' +
              '(ordinal), or to a state where it stays (absorbing); grid: a walk in the plane of two coded coordinates',
          ),
        time: z
          .union([positive, z.array(positive).min(1)])
          .default(0.5)
          .describe(
            't of the walk, one for all or a list; of cyclic and ordinal ones in units of S², the time in which S states mix',
          ),
        kick: positive.default(0.1).describe('variance of a kick of continuous units'),
      })
      .prefault({})
      .describe('q_t, what data are compared across'),
    negatives: count.max(1024).default(32).describe('M, perturbed states that each datum is compared with'),
    w: z.number().min(0).default(1).describe('keeps the loss bounded; at 0 with few negatives energies run away'),
    bar: bar
      .optional()
      .describe(
        'largest KL(data‖model) in nats, where the law of the data is known; of images the largest mean negative log-likelihood of those held out',
      ),
    unstabilised: z
      .strictObject({
        negatives: count.max(1024).default(4).describe('perturbed states that each datum is compared with'),
        bar: bar.default(1).describe('KL(data‖model) in nats that it must exceed'),
      })
      .optional()
      .describe('a control: the same with w = 0, which must miss this bar'),
    contrastive: z
      .strictObject({
        steps: times.default(10).describe('Gibbs sweeps of a chain from the data'),
        iterations: times.describe('gradients followed'),
        beaten: z.boolean().default(true).describe('whether energy discrepancy must end better'),
      })
      .optional()
      .describe(
        'another arm to compare with: contrastive divergence by Gibbs sweeps, with iterations that take the same time',
      ),
    annealing,
    target: z.string().optional().describe('column of a table that is told from the others, with its probability'),
  })
  .describe('data against perturbed data, by heat equations: for units with states, and continuous ones beside them')

type Settings = z.output<typeof energyDiscrepancy>

/** Data that fit what is asked of them. */
export function sayEnergyDiscrepancy(settings: Settings, scenario: Surroundings, say: Say): void {
  sayDataMissing(settings, scenario, say)
  const { data } = scenario
  const known = data?.source === 'known-law' || (data?.source === 'density' && data.code !== undefined)
  const images = data?.source === 'mnist' || data?.source === 'idx'
  if (data !== undefined && !known && !images && data.source !== 'table')
    say(['data', 'source'], `expected known-law, table, mnist, idx, or a density with a code; got ${data.source}`)
  if (settings.annealing !== undefined && !images)
    say(['objective', 'annealing'], 'it is for images, data.source mnist or idx; remove it')
  if (data?.source === 'table') {
    for (const key of ['bar', 'unstabilised'] as const)
      if (settings[key] !== undefined) say(['objective', key], 'the law of a table is not known; remove it')
  } else if (settings.target !== undefined) say(['objective', 'target'], 'it names a column of data.source table')
}
