import { everyLevel } from '../../learning/objectives/noised-states.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { SettingsOf } from '../scenario/objective.js'
import { alongPathStudy, figureCheck } from './along-path.js'
import type { RunStudy } from './study.js'

/** Nats; probability; kT. */
const bar = { divergence: 0.005, weight: 0.015, offset: 0.05, scoreMisses: 0.05, classesMiss: 0.1 }

/** Scores and classes at the knots of the scenario's noising. */
export const diffclfStudy: RunStudy<SettingsOf<'diffclf'>> = (problem, seed, hooks) => {
  const { noising } = problem
  const path = {
    knots: noising.knots.toReversed(),
    signal: (t: number) => signal(noising, t),
    width: (t: number) => noiseWidth(noising, t),
  }
  return alongPathStudy(
    problem,
    {
      path,
      sampler: everyLevel,
      checks({ both, ...alone }, controls) {
        const weight = both.firstModeWeightOfData ?? Number.NaN
        const { 'score alone': score, 'classes alone': classes } = alone
        const isControl = { score: controls.includes('score alone'), classes: controls.includes('classes alone') }
        return [
          ...figureCheck('KL divergence, both', both.divergence, 0, bar.divergence),
          ...figureCheck('F + log Z, largest departure, both', both.offsetError, 0, bar.offset),
          ...figureCheck('weight of the first mode, both', both.firstModeWeight, weight, bar.weight),
          ...(isControl.score
            ? figureCheck(
                'weight of the first mode, score alone',
                score.firstModeWeight,
                weight,
                bar.scoreMisses,
                'fails',
              )
            : []),
          ...(isControl.classes
            ? figureCheck('KL divergence, classes alone', classes.divergence, 0, bar.classesMiss, 'fails')
            : []),
        ]
      },
    },
    seed,
    hooks,
  )
}
