import { exactStates } from '../../learning/objectives/exact-states.js'
import { type NceOptions, nceObjective } from '../../learning/objectives/nce.js'
import { contrast, type Phase } from '../../learning/objectives/objective.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check, identityCheck } from '../../physics/observe/check.js'
import { type Potential, statistic } from '../../physics/potential/potential.js'
import { harmonicDivergence, harmonicEquilibrium } from '../../physics/truth/harmonic-equilibrium.js'
import type { SettingsOf } from '../scenario/objective.js'
import { type LearningArm, learningStudy } from './learning.js'
import type { RunStudy } from './study.js'

/** Nats: what the adaptive noise reaches, and what the static one misses. */
const bar = { adaptive: 0.02, static: 0.1 }
/** Of the gradient at a refresh, relative to the size of its two parts: rounding of sums. */
const identityTolerance = 1e-12

/** Learns against a copy of the model that is renewed, and against the model's start for all time. */
export const nceStudy: RunStudy<SettingsOf<'nce'>> = (problem, seed, hooks) => {
  const { settings, potential, bath, teacher } = problem
  const law = teacher === null ? null : harmonicEquilibrium(potential, teacher, bath)
  const arm = (name: string, refresh: number | null, expected: LearningArm['expected']): LearningArm => ({
    name,
    expected,
    begin({ landscape, data, seed }) {
      const draw: NceOptions['draw'] = (theta, iteration) =>
        exactStates(potential, theta, bath, settings.noise, { seed, stream: stream.contrastNoise, step: 2 * iteration })
      const objective = nceObjective({ landscape, data, draw, refresh, rate: settings.optimizer.rate })
      const distance = (theta: Float64Array) =>
        law === null ? {} : { divergence: harmonicDivergence(law, potential, theta, bath) }
      return {
        objective,
        walkers: settings.noise,
        likelihood: false,
        figures: (theta) => ({ ...distance(theta), loss: objective.loss(), offset: objective.offset() }),
        checks(theta) {
          const { divergence } = distance(theta)
          return [
            ...(divergence === undefined
              ? []
              : [
                  barCheck(
                    `KL divergence, ${name}`,
                    divergence,
                    0,
                    bar[expected === 'fails' ? 'static' : 'adaptive'],
                    expected,
                  ),
                ]),
            ...(refresh === null ? [] : [refreshIdentity(potential, theta, data(0), draw, name, landscape)]),
          ]
        },
        samples: () => draw(problem.start, settings.iterations),
      }
    },
  })
  return learningStudy(
    problem,
    [arm('adaptive noise', settings.refresh, 'succeeds'), arm('static noise', null, 'fails')],
    seed,
    hooks,
  )
}

/** At a refresh the gradient is ½(⟨φ⟩_data - ⟨φ⟩_model): its largest departure over the size of the averages. */
function refreshIdentity(
  potential: Potential,
  theta: Float64Array,
  data: Phase,
  draw: NceOptions['draw'],
  name: string,
  landscape: NceOptions['landscape'],
): Check {
  const objective = nceObjective({ landscape, data: () => data, draw, refresh: 1, rate: 0 })
  const gradient = contrast(potential, theta, objective.phases(theta, 0), new Float64Array(potential.size))
  const model = draw(theta, 0)
  const averages = [data, model].map(({ x, batch }) => {
    const out = new Float64Array(potential.size)
    statistic(potential, theta, x, batch, out)
    return out.map((sum) => sum / batch)
  })
  let off = 0
  for (let a = 0; a < gradient.length; a++) {
    const [real, imagined] = [averages[0]![a]!, averages[1]![a]!]
    off = Math.max(off, Math.abs(gradient[a]! - (real - imagined) / 2) / (Math.abs(real) + Math.abs(imagined) + 1))
  }
  return identityCheck(`gradient at a refresh, ${name}`, off, 0, identityTolerance)
}
