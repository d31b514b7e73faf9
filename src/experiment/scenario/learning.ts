import { z } from 'zod'
import { listed } from '../../errors.js'
import { defaultContrast } from '../../learning/rules/contrastive-divergence.js'
import { defaultNudge, defaultSides, nudgeSides } from '../../learning/rules/nudged-force-matching.js'
import { defaultPath } from '../../learning/rules/reverse-path.js'
import { defaultRule, ruleNames } from '../../learning/rules/rules.js'
import { defaultRefinement } from '../../learning/training/refine.js'
import { defaultSettling, defaultStages, starts } from '../../learning/training/stages.js'
import { adamKeys } from './objectives/common.js'
import { count, inWords, positive, times } from './parts.js'

const ruleMeanings = {
  'force-matching': 'the force beside the one that takes noise away',
  'implicit-score-matching': 'the same without the noise, by the divergence of the force',
  'nudged-force-matching': 'responses to states nudged along the residual',
  'contrastive-divergence': 'a short free run of the noised data beside its start',
  'reverse-path': 'the noising run backwards, step by step',
  'least-squares': 'the exact minimum of force-matching, by linear algebra',
} as const satisfies Record<(typeof ruleNames)[number] | 'least-squares', string>

/** Keys of `learning` that say by which rule, and with what settings. Settings of other rules are refused. */
const ruleKeys = {
  rule: z
    .enum([...ruleNames, 'least-squares'])
    .default(defaultRule)
    .describe(`what the gradient is measured by. ${inWords(ruleMeanings)}`),
  nudge: positive
    .max(1)
    .optional()
    .describe(
      `δ of nudged-force-matching over s/(2kT): how far a state is nudged, in the units of x (${defaultNudge})`,
    ),
  sides: z
    .enum(nudgeSides)
    .optional()
    .describe(
      `of nudged-force-matching: nudged along the residual and against it (two), or along it only (one); ${defaultSides} by default`,
    ),
  contrast: z
    .strictObject({
      time: positive
        .max(1)
        .optional()
        .describe(`its length h over the relaxation time of the slice, s²/(μkT) (${defaultContrast.time})`),
      substeps: count
        .max(1000)
        .optional()
        .describe(`Euler–Maruyama steps it is cut into (${defaultContrast.substeps})`),
      antithetic: z
        .boolean()
        .optional()
        .describe(`average over the noise +ξ and -ξ, as only a simulator can (${defaultContrast.antithetic})`),
    })
    .optional()
    .describe('the free run of contrastive-divergence'),
  path: z
    .strictObject({
      dt: positive
        .max(0.5)
        .optional()
        .describe(`a step over the relaxation time of the slice, s²/(μkT) (${defaultPath.dt})`),
      steps: count
        .max(1000)
        .optional()
        .describe(`steps of a path, centred on the time of the knot (${defaultPath.steps})`),
      online: z.boolean().optional().describe(`apply the gradient of every step at once (${defaultPath.online})`),
    })
    .optional()
    .describe('the noising runs that reverse-path learns from'),
  compare: z
    .array(z.enum(ruleNames))
    .default([])
    .describe(
      `also train by these rules (${listed(ruleNames)}), and check their losses against the least-squares oracle`,
    ),
}

/** The section `learning`: by which rule a network is trained, and how its gradient is followed. */
export const learningSchema = z.strictObject({
  ...ruleKeys,
  optimizer: z
    .strictObject({
      kind: z.literal('adam').default('adam').describe('how the gradient is followed: Adam is all there is'),
      rate: positive
        .optional()
        .describe(
          'step at the noisiest slice; it scales with kT/(k0 s²) on the others. min(.05, .1/√visible units) when absent, with start: scaled',
        ),
      finalRate: positive
        .max(1)
        .default(defaultStages.finalRate)
        .describe('fraction of the rate left at the end of a slice (cosine)'),
      hiddenRate: positive
        .optional()
        .describe(
          'of hidden units, over the scale of what they feel, sqrt(kT/k0) and their temperature; rate by default, and min(.3, 2.4/√hidden units) where rate is absent',
        ),
      biasFactor: positive
        .optional()
        .describe('rate of hidden biases and of what labels do to hidden units, over hiddenRate (1)'),
      ...adamKeys,
    })
    .prefault({})
    .describe('how the gradient is followed'),
  iterations: times.default(defaultStages.iterations).describe('per slice; the first slice gets three times as many'),
  batch: count.default(defaultStages.batch).describe('noised samples per iteration'),
  average: z
    .union([z.boolean(), z.number().min(0).max(1)])
    .default(defaultStages.average)
    .describe('keep the mean of the last iterates of each slice: of this part of them, true for half of them'),
  settle: z
    .strictObject({
      iterations: z
        .int()
        .min(0)
        .max(100_000_000)
        .default(defaultSettling.iterations)
        .describe('per slice, after the others; 0 for none'),
      batch: count.default(defaultSettling.batch).describe('noised samples per iteration'),
      rate: positive.max(1).default(defaultSettling.rate).describe('over optimizer.rate'),
      hiddenRate: positive.max(1).default(defaultSettling.hiddenRate).describe('over optimizer.hiddenRate'),
    })
    .optional()
    .describe('steps on larger batches at small rates, where visible and hidden units come to rest together'),
  refine: z
    .strictObject({
      passes: z.int().min(0).max(1000).default(defaultRefinement.passes).describe('generations; 0 for none'),
      trajectories: count.default(defaultRefinement.trajectories).describe('in each'),
      from: z.number().min(0).default(defaultRefinement.from).describe('noise time above which knots are refined'),
      until: positive.default(defaultRefinement.until).describe('noise time below which they are'),
      rate: positive
        .max(1)
        .default(defaultRefinement.rate)
        .describe("part of a slice's error that the first pass takes away"),
      finalRate: positive.max(1).default(defaultRefinement.finalRate).describe('the same of the last pass'),
    })
    .optional()
    .describe(
      'after training: moves couplings at every knot until generated states have the moments of the noised data',
    ),
  start: z
    .enum(starts)
    .optional()
    .describe(
      'where a slice begins: at its noisier neighbour (neighbour), there with parameters grown as the noise recedes and hidden rates times e^(-μk0t) (scaled), or anew (independent), as slices that are trained apart must; neighbour, and scaled where optimizer.rate is absent',
    ),
  centre: z
    .boolean()
    .optional()
    .describe('learn on displacements from the mean of the data (false); parameters are written as without'),
  oracle: z.boolean().default(false).describe('solve each slice by least squares too, and report the gap'),
})
