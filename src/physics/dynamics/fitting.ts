import { invalidValue } from '../../errors.js'
import { hasWalls, type Network } from '../network/network.js'
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

/**
 * What units have of their own that only some schemes move, as words; null where they have none of it. (A period is nothing to a scheme:
 * states are unwrapped.)
 *
 * @param known - what is moved all the same (see Integrator.ownOfUnits)
 */
export function ownOfUnits(
  {
    temperature,
    correlationTime,
    coordinates,
  }: Partial<Pick<Network, 'temperature' | 'correlationTime' | 'coordinates'>>,
  known?: Integrator['ownOfUnits'],
): string | null {
  if (known === true) return null
  if (temperature != null) return 'units at temperatures of their own'
  if (correlationTime != null) return 'active forces'
  return known === undefined && hasWalls(coordinates) ? 'walls' : null
}

/** The scheme as it moves a landscape, units with states included. @throws E_INVALID_VALUE for units of mobilities that it can't move */
export function fitting(scheme: Integrator, surface: Surface): Integrator {
  const { mobility, discrete } = surface
  if (discrete !== undefined && (surface.isDriven === true || surface.temperature !== undefined))
    throw invalidValue(
      'units with states are redrawn by their energies at the one temperature of the bath: beside them are no forces without a potential and no units at temperatures of their own.',
      'network',
    )
  const own = ownOfUnits(surface, scheme.ownOfUnits)
  if (surface.isDriven === true && !scheme.dynamical)
    throw invalidValue(
      `${scheme.name} samples e^(-U/kT), and forces without a potential lead elsewhere. Use euler-maruyama or heun.`,
      'sampling.integrator',
    )
  if (own !== null)
    throw invalidValue(`${scheme.name} knows no ${own}. Use euler-maruyama or heun.`, 'sampling.integrator')
  if (!movesAll(scheme, mobility ?? null))
    throw invalidValue(
      `${scheme.name} moves units of one mobility only. Use euler-maruyama, heun or leimkuhler-matthews.`,
      'sampling.integrator',
    )
  return discrete === undefined || scheme.redraws === true ? scheme : withFlips(discrete, scheme)
}
