import { hasWalls } from '../../physics/network/network.js'
import { hasDriving } from '../../physics/potential/potential.js'
import type { Problem } from '../system/problem.js'

/** Why the entropy production is not known where there are active forces, walls or angles; null where these are not the reason. */
export function entropyUnknownOf({ generation: { potential } }: Problem): string | null {
  const { coordinates, correlationTime } = potential.network
  if (correlationTime !== null)
    return 'entropy production is not known beside an active bath: what keeps its forces going is in neither heat nor work. The heat over kT is the part of the other bath'
  if (coordinates !== null)
    return 'entropy production is not known with walls or a period: it takes -ln p of the final states, which finalDensity knows in open space. In a steady state all of it is the heat over kT'
  return null
}

/** What a start is, where forces without a potential, active ones or walls may leave doubt. */
export function startNotes({ scenario: { initial }, potential }: Problem): string[] {
  const { correlationTime, coordinates } = potential.network
  const active =
    correlationTime === null ? [] : ['active forces start in their own stationary law, independent of the units']
  const equilibrium =
    initial?.kind === 'equilibrium' && hasDriving(potential)
      ? [
          'the start is the equilibrium of the potential alone, e^(-U/kT): forces without a potential have no part in it',
        ]
      : []
  const folded =
    initial?.kind === 'gaussian' && hasWalls(coordinates)
      ? ['initial states that were drawn beyond a wall are reflected']
      : []
  return [...active, ...equilibrium, ...folded]
}
