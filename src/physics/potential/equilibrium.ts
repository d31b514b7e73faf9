import { hasWalls } from '../network/network.js'
import { hasDriving, type Potential } from './potential.js'

/**
 * What keeps states from settling to e^(-U/kT) over all of space, in words: exact laws, free energies and entropies of one temperature
 * are then no truths about them. Null where nothing does. Mobilities do not.
 */
export function unlikeBoltzmann(potential: Potential): string | null {
  const { temperature, correlationTime, coordinates } = potential.network
  if (correlationTime !== null) return 'active forces'
  if (hasDriving(potential)) return 'forces without a potential'
  if (temperature !== null) return 'units at temperatures of their own'
  return hasWalls(coordinates) ? 'walls' : null
}
