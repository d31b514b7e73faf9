import { everyLevel } from '../../learning/objectives/noised-states.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { SettingsOf } from '../scenario/objective.js'
import { alongPathStudy } from './along-path.js'
import { figureCheck } from './figures.js'
import type { StudyProblem } from './problem.js'

/** Nats; probability; kT. */
const bar = { divergence: 0.005, weight: 0.015, offset: 0.05, scoreMisses: 0.05, classesMiss: 0.1 }

/** Scores and classes at the knots of the scenario's noising. */
export const diffclfStudy = alongPathStudy(({ noising }: StudyProblem<SettingsOf<'diffclf'>>) => ({
  path: {
    knots: noising.knots.toReversed(),
    signal: (t) => signal(noising, t),
    width: (t) => noiseWidth(noising, t),
  },
  sampler: everyLevel,
  checks(found, controls) {
    const { divergence, offsetError, firstModeWeight, firstModeWeightOfData: weight = Number.NaN } = found.both
    const ofControls = {
      both: [],
      'score alone': figureCheck(
        'weight of the first mode, score alone',
        found['score alone'].firstModeWeight,
        weight,
        bar.scoreMisses,
        'fails',
      ),
      'classes alone': figureCheck(
        'KL divergence, classes alone',
        found['classes alone'].divergence,
        0,
        bar.classesMiss,
        'fails',
      ),
    }
    return [
      ...figureCheck('KL divergence, both', divergence, 0, bar.divergence),
      ...figureCheck('F + log Z, largest departure, both', offsetError, 0, bar.offset),
      ...figureCheck('weight of the first mode, both', firstModeWeight, weight, bar.weight),
      ...controls.flatMap((name) => ofControls[name]),
    ]
  },
}))
