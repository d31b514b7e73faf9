import { z } from 'zod'
import { count, positive, someOf, times } from '../parts.js'
import { common, descent } from './common.js'

const noise = z.array(positive.max(0.999)).min(1).max(20)

/** objective.kind recovery-likelihood. */
export const recoveryLikelihood = z
  .strictObject({
    kind: z.literal('recovery-likelihood'),
    ...common,
    ...descent,
    arms: someOf(['short-run', 'cooperative']).describe(
      'where a chain starts: at the noised state (short-run), or where a second copy of the network proposes (cooperative)',
    ),
    noise: noise
      .default([0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
      .describe('s of each level, from the data on: x_(t+1) = sqrt(1-s²) x_t + s·width·ε'),
    coarse: noise.optional().describe('s of the levels of a control that has too few of them'),
    width: positive
      .default(1)
      .describe('standard deviation of the law that the last level is taken for, and ancestral samples start from'),
    step: positive
      .max(1)
      .default(0.1)
      .describe('μhk, the time of one step in relaxation times of the tether, whose stiffness is k = kT/(s·width)²'),
    steps: times.default(30).describe('steps of a short run from the noised state'),
    refinements: times.default(10).describe('steps of a short run from a proposal of the cooperative arm'),
    samples: count.max(200_000).default(4000).describe('ancestral samples'),
    probes: z
      .array(z.number())
      .max(10)
      .default([])
      .describe('noised states whose tethered law at the first level is compared with quadrature; for one unit'),
    cells: positive
      .optional()
      .describe(
        'side of the cells whose share of ancestral samples is compared with that of the data; one or two units',
      ),
  })
  .describe('an energy for each of a few levels of noise, learned from short runs tethered to the noised state')
