import { nearbyTimes } from '../../learning/objectives/noised-states.js'
import type { SettingsOf } from '../scenario/objective.js'
import { alongPathStudy, figureCheck } from './along-path.js'
import type { RunStudy } from './study.js'

/** How many times worse each part alone must be; kT. */
const bar = { factor: 5, freeEnergy: 0.05 }

/** Scores along the interpolant x_t = cos(πt/2) x_0 + sin(πt/2) sqrt(kT/k0) ε, and nearby times as classes. */
export const boltznceStudy: RunStudy<SettingsOf<'boltznce'>> = (problem, seed, hooks) => {
  const { settings, bath, scenario } = problem
  const noise = Math.sqrt(bath.kT / scenario.noising.stiffness)
  const path = {
    knots: settings.knots,
    signal: (t: number) => Math.cos((Math.PI * t) / 2),
    width: (t: number) => noise * Math.sin((Math.PI * t) / 2),
  }
  return alongPathStudy(
    problem,
    {
      path,
      sampler: (source) => nearbyTimes(source, settings.spread, settings.wrong),
      checks(found, controls) {
        const { both } = found
        return [
          ...figureCheck('KL divergence, both', both.divergence, 0, settings.divergence),
          ...controls.flatMap((name) =>
            figureCheck(
              `KL divergence, ${name}`,
              found[name].divergence,
              0,
              bar.factor * (both.divergence ?? Number.NaN),
              'fails',
            ),
          ),
          ...figureCheck(
            'free energy of a tilt by reweighting, both',
            both.tiltFreeEnergy,
            both.exactTiltFreeEnergy ?? Number.NaN,
            bar.freeEnergy,
          ),
        ]
      },
    },
    seed,
    hooks,
  )
}
