import { exactSampler } from '../../learning/objectives/exact-states.js'
import { type NceOptions, nceObjective } from '../../learning/objectives/nce.js'
import { contrast, type Phase } from '../../learning/objectives/objective.js'
import { stream } from '../../physics/noise/streams.js'
import { type Check, identityCheck } from '../../physics/observe/check.js'
import { statistic } from '../../physics/potential/potential.js'
import { harmonicDivergence, harmonicEquilibrium } from '../../physics/truth/harmonic-equilibrium.js'
import type { SettingsOf } from '../scenario/objective.js'
import { figureCheck } from './figures.js'
import { type LearningArm, learningStudy } from './learning.js'
import type { StudyProblem } from './problem.js'

/** Nats: what the adaptive noise reaches, and what the static one misses. */
const bar = { succeeds: 0.02, fails: 0.1 }
/**
 * Of the gradient at a refresh, relative to the size of its two parts: rounding of sums. In float64 of thousands of states; in float32 of
 * shards of 64, to which terms and weights add a few roundings.
 */
const identityTolerance = (roundoff: number) => Math.max(1e-12, 64 * roundoff)

/** Learns against a copy of the model that is renewed, and against the model's start for all time. */
export const nceStudy = learningStudy((problem: StudyProblem<SettingsOf<'nce'>>) => {
  const { settings, potential, bath, teacher } = problem
  const target = teacher === null ? null : harmonicEquilibrium(potential, teacher, bath)
  const arm = (name: string, refresh: number | null, expected: LearningArm['expected']): LearningArm => ({
    name,
    expected,
    begin({ landscape, data, seed }) {
      // Between two copies of the model all draws are from one law.
      let law: { of: Float64Array; sample: ReturnType<typeof exactSampler> } | null = null
      const draw: NceOptions['draw'] = (theta, iteration) => {
        if (law === null || theta.some((value, a) => value !== law!.of[a]))
          law = { of: theta.slice(), sample: exactSampler(potential, theta, bath) }
        return law.sample(settings.noise, { seed, stream: stream.contrastNoise, step: 2 * iteration })
      }
      const objective = nceObjective({ landscape, data, draw, refresh, rate: settings.optimizer.rate })
      const distance = (theta: Float64Array) =>
        target === null ? {} : { divergence: harmonicDivergence(target, potential, theta, bath) }
      return {
        objective,
        walkers: settings.noise,
        likelihood: false,
        figures: (theta) => ({ ...distance(theta), loss: objective.loss(), offset: objective.offset() }),
        checks: (theta) => [
          ...figureCheck(`KL divergence, ${name}`, distance(theta).divergence, 0, bar[expected], expected),
          ...(refresh === null ? [] : [refreshIdentity(name, theta, { landscape, draw }, data(0, theta))]),
        ],
        samples: () => draw(problem.start, settings.iterations),
      }
    },
  })
  return [arm('adaptive noise', settings.refresh, 'succeeds'), arm('static noise', null, 'fails')]
})

/** At a refresh the gradient is ½(⟨φ⟩_data - ⟨φ⟩_model): its largest departure over the size of the averages. */
function refreshIdentity(
  name: string,
  theta: Float64Array,
  { landscape, draw }: Pick<NceOptions, 'landscape' | 'draw'>,
  data: Phase,
): Check {
  const { potential, arithmetic } = landscape
  const objective = nceObjective({ landscape, data: () => data, draw, refresh: 1, rate: 0 })
  const gradient = contrast(potential, theta, objective.phases(theta, 0), new Float64Array(potential.size), arithmetic)
  const averages = [data, draw(theta, 0)].map(({ x, batch }) => {
    const out = new Float64Array(potential.size)
    statistic(potential, theta, x, batch, out)
    return out.map((sum) => sum / batch)
  })
  let off = 0
  for (let a = 0; a < gradient.length; a++) {
    const [real, imagined] = [averages[0]![a]!, averages[1]![a]!]
    off = Math.max(off, Math.abs(gradient[a]! - (real - imagined) / 2) / (Math.abs(real) + Math.abs(imagined) + 1))
  }
  return identityCheck(`gradient at a refresh, ${name}`, off, 0, identityTolerance(arithmetic.roundoff))
}
