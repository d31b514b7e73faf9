import { z } from 'zod'
import { count, positive, type Say } from '../parts.js'
import { common, type Surroundings, sayDataMissing } from './common.js'

/** What objectives have that learn an energy at several times of a path from data to noise. */
export const alongPath = {
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
