import { countOf, isShared } from '../../../physics/network/described.js'
import { usualRange } from '../../../physics/network/geometry.js'
import { type HiddenKind, hiddenKinds, hiddenMoves } from '../../../physics/network/hidden-kind.js'
import { classesOf } from '../data.js'
import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

/** One way to say how many units there are, and radii only where there is a lattice. */
export function sayGeometry({ network }: Keys, say: Say): void {
  const {
    visible: units,
    hidden,
    couplings: { hidden: seen },
  } = network
  if ((['lattice', 'ring', 'chain', 'units', 'blocks'] as const).filter((key) => units[key] !== undefined).length !== 1)
    say(
      ['network', 'visible'],
      'expected one of lattice: [rows, columns], ring: N, chain: N, units: N, or blocks: [{ units: N }, …]',
    )
  if (units.kind !== undefined && units.lattice === undefined)
    say(['network', 'visible', 'kind'], 'is of a lattice; remove it, or give lattice: [rows, columns]')
  if (hidden !== undefined && hidden.units === undefined && hidden.blocks === undefined)
    say(['network', 'hidden', 'units'], 'missing; expected a whole number above 0, or network.hidden.blocks')
  if (hidden?.units !== undefined && hidden.blocks !== undefined)
    say(['network', 'hidden', 'blocks'], 'expected either units or blocks, not both')
  sayRange({ network }, say)
  const sites = (units.lattice?.[0] ?? 0) * (units.lattice?.[1] ?? 0)
  if (seen !== undefined && hidden === undefined)
    say(['network', 'couplings', 'hidden'], 'there are no hidden units; add network.hidden: { units: N }')
  else if (typeof seen?.range === 'number' && units.kind === 'triangular')
    say(['network', 'couplings', 'hidden', 'range'], 'a radius is of a square lattice; use all')
  else if (typeof seen?.range === 'number' && (hidden === undefined ? 0 : countOf(hidden)) !== sites)
    say(
      ['network', 'couplings', 'hidden', 'range'],
      'a radius needs a lattice and one hidden unit above each of its sites; use all, or as many hidden units as sites',
    )
}

/** Who is next to whom only where units have places, and as far apart as the places allow. */
function sayRange({ network: { visible, couplings } }: Pick<Keys, 'network'>, say: Say): void {
  const { range, periodic, edges } = couplings.visible
  const { lattice, kind, ring, chain } = visible
  const isPlaced = lattice !== undefined || ring !== undefined || chain !== undefined
  const where = (key: string) => ['network', 'couplings', 'visible', key]
  const used = edges === undefined ? (range ?? usualRange(visible)) : 'all'
  if (range !== undefined && edges !== undefined) say(where('edges'), 'expected either range or edges, not both')
  if (periodic === true && ring !== undefined) say(where('periodic'), 'a ring is closed by itself; remove it')
  else if (periodic === true && chain !== undefined) say(where('periodic'), 'a closed chain is a ring; use ring: N')
  else if (periodic === true && (lattice === undefined || used === 'all'))
    say(where('periodic'), 'needs network.visible.lattice, and range: nearest or a radius; remove it')
  if (range !== undefined && range !== 'all' && !isPlaced)
    say(where('range'), 'a radius needs network.visible.lattice, ring or chain; use all or edges')
  else if (typeof range === 'number' && kind === 'triangular')
    say(where('range'), 'a radius is of a square lattice; on a triangular one use nearest or all')
  const reach = used === 'nearest' ? 1 : used
  if (ring !== undefined && reach !== 'all' && ring <= 2 * reach)
    say(
      ['network', 'visible', 'ring'],
      `expected more than ${2 * reach} units, or two of them would be coupled twice; got ${ring}. A chain has two ends`,
    )
  if (chain === 1) say(['network', 'visible', 'chain'], 'a single unit has no neighbour; use units: 1')
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
  const classes = classesOf(data)
  if (network.label !== undefined && classes.length < 2)
    say(['network', 'label'], 'expected data with at least two classes: mnist or idx digits, or gaussian-mixture means')
  if (sampling.label === undefined) return
  if (network.label === undefined)
    say(['sampling', 'label'], 'there is no label unit to clamp; add network.label: {} and train with it')
  else if (!classes.includes(sampling.label))
    say(['sampling', 'label'], `expected one of the classes ${classes.join(', ')}, got ${sampling.label}`)
}
