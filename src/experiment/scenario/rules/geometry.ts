import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** One way to say how many units there are, and radii only where there is a lattice. */
export function sayGeometry({ network }: Keys, say: Say): void {
  const {
    visible: units,
    hidden,
    couplings: { visible: edges, hidden: seen },
  } = network
  if ((units.lattice === undefined) === (units.units === undefined))
    say(['network', 'visible'], 'expected either lattice: [rows, columns] or units: N')
  if (edges.range !== undefined && edges.edges !== undefined)
    say(['network', 'couplings', 'visible', 'edges'], 'expected either range or edges, not both')
  if (typeof edges.range === 'number' && units.lattice === undefined)
    say(['network', 'couplings', 'visible', 'range'], 'a radius needs network.visible.lattice; use all or edges')
  const sites = (units.lattice?.[0] ?? 0) * (units.lattice?.[1] ?? 0)
  if (seen !== undefined && hidden === undefined)
    say(['network', 'couplings', 'hidden'], 'there are no hidden units; add network.hidden: { units: N }')
  else if (typeof seen?.range === 'number' && hidden?.units !== sites)
    say(
      ['network', 'couplings', 'hidden', 'range'],
      'a radius needs a lattice and one hidden unit above each of its sites; use all, or as many hidden units as sites',
    )
}
