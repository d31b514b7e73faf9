import { invalidValue } from '../../errors.js'
import type { Surface } from './drive.js'
import { withFlips } from './heat-bath.js'
import type { Integrator, Needs } from './integrator.js'

/** What a scheme needs that says nothing of it. */
export const forceAlone: Needs = { force: true, energy: false }

/** The scheme as it moves a landscape, units with states included. @throws E_INVALID_VALUE for units of mobilities that it can't move */
export function fitting(scheme: Integrator, { mobility, discrete }: Surface): Integrator {
  if (mobility !== undefined && !scheme.mobilities)
    throw invalidValue(
      `${scheme.name} moves units of one mobility only. Use euler-maruyama, heun or leimkuhler-matthews.`,
      'sampling.integrator',
    )
  return discrete === undefined || scheme.redraws === true ? scheme : withFlips(discrete, scheme)
}
