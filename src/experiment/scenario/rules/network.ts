import { countOf, isShared } from '../../../physics/network/described.js'
import { type HiddenKind, hiddenKinds, hiddenMoves } from '../../../physics/network/hidden-kind.js'
import { classesOf } from '../data.js'
import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** One way to say how many units there are, and radii only where there is a lattice. */
export function sayGeometry({ network }: Keys, say: Say): void {
  const {
    visible: units,
    hidden,
    couplings: { visible: edges, hidden: seen },
  } = network
  if ([units.lattice, units.units, units.blocks].filter((given) => given !== undefined).length !== 1)
    say(['network', 'visible'], 'expected one of lattice: [rows, columns], units: N, or blocks: [{ units: N }, …]')
  if (hidden !== undefined && hidden.units === undefined && hidden.blocks === undefined)
    say(['network', 'hidden', 'units'], 'missing; expected a whole number above 0, or network.hidden.blocks')
  if (hidden?.units !== undefined && hidden.blocks !== undefined)
    say(['network', 'hidden', 'blocks'], 'expected either units or blocks, not both')
  const isOnLattice = typeof edges.range === 'number' || edges.range === 'nearest'
  if (edges.periodic === true && (!isOnLattice || units.lattice === undefined))
    say(
      ['network', 'couplings', 'visible', 'periodic'],
      'needs network.visible.lattice, and range: nearest or a radius; remove it',
    )
  if (edges.range !== undefined && edges.edges !== undefined)
    say(['network', 'couplings', 'visible', 'edges'], 'expected either range or edges, not both')
  if (isOnLattice && units.lattice === undefined)
    say(['network', 'couplings', 'visible', 'range'], 'a radius needs network.visible.lattice; use all or edges')
  const sites = (units.lattice?.[0] ?? 0) * (units.lattice?.[1] ?? 0)
  if (seen !== undefined && hidden === undefined)
    say(['network', 'couplings', 'hidden'], 'there are no hidden units; add network.hidden: { units: N }')
  else if (typeof seen?.range === 'number' && (hidden === undefined ? 0 : countOf(hidden)) !== sites)
    say(
      ['network', 'couplings', 'hidden', 'range'],
      'a radius needs a lattice and one hidden unit above each of its sites; use all, or as many hidden units as sites',
    )
}

/** A well only for hidden units that have one, a mobility only for those that move, a bath of their own only for those that don't. */
export function sayHiddenUnits({ network: { hidden } }: Keys, say: Say): void {
  if (hidden === undefined || isShared(hidden)) return
  const { kind, well, mobility, temperature } = hidden
  if (well !== undefined && hiddenKinds[kind].states !== null)
    say(['network', 'hidden', 'well'], `a ${kind} unit has two states and no well; remove it, or use kind: quartic`)
  if (mobility !== undefined && !hiddenMoves(hidden))
    say(
      ['network', 'hidden', 'mobility'],
      `a ${kind} unit follows the visible ones at once; remove it, or use kind: ${movingLike(kind)}`,
    )
  if (temperature !== undefined && hiddenMoves(hidden))
    say(
      ['network', 'hidden', 'temperature'],
      `a ${kind} unit moves in the bath of all; remove it, or use kind: bistable or quartic`,
    )
  if (typeof temperature === 'string' && /\b(row|column)\b/.test(temperature))
    say(['network', 'hidden', 'temperature'], 'hidden units have no row or column; expected a formula in t')
}

/** The kind that is like this one but moves. */
function movingLike(kind: HiddenKind): string | undefined {
  const kinds = Object.keys(hiddenKinds) as HiddenKind[]
  return kinds.find((other) => hiddenMoves({ kind: other }) && hiddenKinds[other].states === hiddenKinds[kind].states)
}

/** What label units need: data with classes, and a class that there is. */
export function sayLabels({ network, data, sampling }: Keys, say: Say): void {
  const classes: readonly (number | string)[] = classesOf(data)
  const inFile = data?.source === 'array' && data.classes !== undefined
  if (network.label !== undefined && classes.length < 2 && !inFile)
    say(
      ['network', 'label'],
      'expected data with at least two classes: mnist or idx digits, gaussian-mixture means, or an array with data.classes',
    )
  if (sampling.label === undefined) return
  if (network.label === undefined)
    say(['sampling', 'label'], 'there is no label unit to clamp; add network.label: {} and train with it')
  else if (!inFile && !classes.includes(sampling.label))
    say(['sampling', 'label'], `expected one of the classes ${classes.join(', ')}, got ${sampling.label}`)
}
