import { nearbyTimes } from '../../learning/objectives/noised-states.js'
import type { SettingsOf } from '../scenario/objective.js'
import { alongPathStudy } from './along-path.js'
import { figureCheck } from './figures.js'
import type { StudyProblem } from './problem.js'

/** How many times worse each part alone must be; kT. */
const bar = { factor: 5, freeEnergy: 0.05 }

/** Scores along the interpolant x_t = cos(πt/2) x_0 + sin(πt/2) sqrt(kT/k0) ε, and nearby times as classes. */
export const boltznceStudy = alongPathStudy(({ settings, bath, scenario }: StudyProblem<SettingsOf<'boltznce'>>) => {
  const noise = Math.sqrt(bath.kT / scenario.noising.stiffness)
  return {
    path: {
      knots: settings.knots,
      signal: (t) => Math.cos((Math.PI * t) / 2),
      width: (t) => noise * Math.sin((Math.PI * t) / 2),
    },
    sampler: (source) => nearbyTimes(source, settings.spread, settings.wrong),
    checks(found, controls) {
      const { divergence, tiltFreeEnergy, exactTiltFreeEnergy = Number.NaN } = found.both
      const missed = bar.factor * (divergence ?? Number.NaN)
      const freeEnergy = 'free energy of a tilt by reweighting, both'
      return [
        ...figureCheck('KL divergence, both', divergence, 0, settings.divergence),
        ...controls.flatMap((name) =>
          figureCheck(`KL divergence, ${name}`, found[name].divergence, 0, missed, 'fails'),
        ),
        ...figureCheck(freeEnergy, tiltFreeEnergy, exactTiltFreeEnergy, bar.freeEnergy),
      ]
    },
  }
})
