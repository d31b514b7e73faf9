import { invalidValue } from '../../errors.js'
import type { Surface } from './drive.js'
import { withFlips } from './heat-bath.js'
import type { Integrator, Needs } from './integrator.js'

/** What a scheme needs that says nothing of it. */
export const forceAlone: Needs = { force: true, energy: false }

/** Whether a scheme moves units of such mobilities, [units]; null where all are 1. */
export function movesAll({ mobilities, amongOthers }: Integrator, mobility: Float64Array | null): boolean {
  if (mobility === null || mobilities) return true
  return amongOthers === true && mobility.every((relative) => relative === 0 || relative === 1)
}

/** The scheme as it moves a landscape, units with states included. @throws E_INVALID_VALUE for units of mobilities that it can't move */
export function fitting(scheme: Integrator, { mobility, discrete }: Surface): Integrator {
  if (!movesAll(scheme, mobility ?? null))
    throw invalidValue(
      `${scheme.name} moves units of one mobility only. Use euler-maruyama, heun or leimkuhler-matthews.`,
      'sampling.integrator',
    )
  return discrete === undefined || scheme.redraws === true ? scheme : withFlips(discrete, scheme)
}
