import type { Block } from '../../../physics/network/blocks.js'
import type { Keys } from '../keys.js'
import { toldBlocks } from '../network.js'
import type { Say } from '../parts.js'

/** What only a plain simulation of continuous units has: forces without a potential, active baths, walls and angles. */
export function sayDrives(scenario: Keys, say: Say): void {
  sayForces(scenario, say)
  sayActive(scenario, say)
  sayCoordinates(scenario, say)
  const { potential, protocol } = scenario
  if (potential.onsite.length === 0 && potential.features === undefined && protocol === undefined)
    say(['potential', 'onsite'], 'there is no term; expected at least 1, or potential.features')
}

/** What can't go together with forces that no potential has, at the key that brought them. */
function sayDriven({ protocol, network }: Keys, path: (string | number)[], what: string, say: Say): void {
  if (protocol === undefined)
    say(path, `${what} have no e^(-U/kT) to learn or to sample; expected protocol, a plain simulation, or none of them`)
  if (toldBlocks(network).some(({ states }) => states !== null))
    say(path, `${what} push continuous units; units with states are redrawn by energies alone. Remove one of them`)
  if (network.hidden?.temperature !== undefined)
    say(
      path,
      `the two heats of network.hidden.temperature are known where all forces have a potential; remove one of them`,
    )
}

function sayForces(scenario: Keys, say: Say): void {
  const { potential } = scenario
  if (potential.force === undefined || potential.force.length === 0) return
  sayDriven(scenario, ['potential', 'force'], 'forces without a potential', say)
}

function sayActive(scenario: Keys, say: Say): void {
  const { bath, protocol } = scenario
  if (bath.active === undefined) return
  sayDriven(scenario, ['bath', 'active'], 'active forces', say)
  if (bath.active.counts === 'bath' && protocol?.bothWays === true)
    say(
      ['protocol', 'bothWays'],
      'a free energy comes from all work that is done, and with bath.active counts: bath that of the active forces is left out; use counts: work',
    )
}

/** Walls and periods of continuous units that move, and starts within the walls. */
function sayCoordinates({ network, protocol, initial }: Keys, say: Say): void {
  const { visible } = network
  const listed = visible.blocks ?? [visible]
  const blocks = toldBlocks(network)
  let unit = 0
  listed.forEach((given, n) => {
    const { walls, period } = given
    const path = (key: string) =>
      visible.blocks === undefined ? ['network', 'visible', key] : ['network', 'visible', 'blocks', n, key]
    const first = unit
    const block = blocks[n]
    unit += block?.units ?? 0
    const key = walls !== undefined ? 'walls' : 'period'
    if (walls === undefined && period === undefined) return
    const refused = block === undefined ? null : refusedUnits(block)
    if (refused !== null) say(path(key), refused)
    if (protocol === undefined)
      say(path(key), 'is for a plain simulation: what is learned or sampled is a law in open space; expected protocol')
    if (walls !== undefined && period !== undefined) say(path('period'), 'a coordinate has walls or a period, not both')
    if (walls === undefined) return
    const [lower, upper] = [walls[0] ?? -Infinity, walls[1] ?? Infinity]
    if (lower === -Infinity && upper === Infinity)
      say(path('walls'), 'there is no wall; expected a number in place of one null')
    else if (lower >= upper) say(path('walls'), `the lower wall is below the upper one; got [${lower}, ${upper}]`)
    else if (initial?.kind === 'point') sayStart(initial.x, [lower, upper], [first, unit], say)
  })
}

function refusedUnits({ states, change }: Block): string | null {
  if (states !== null) return 'is of continuous units; those with states have no place. Remove it'
  return change.kind === 'clamped' ? 'is of units that move; those of a clamped block do not. Remove it' : null
}

/** A point that is beyond a wall would be reflected to another. */
function sayStart(
  x: number | readonly number[],
  [lower, upper]: readonly [number, number],
  [first, end]: readonly [number, number],
  say: Say,
): void {
  for (let unit = first; unit < end; unit++) {
    const at = typeof x === 'number' ? x : x[unit]
    if (at === undefined || (at >= lower && at <= upper)) continue
    say(['initial', 'x'], `unit ${unit} starts at ${at}, beyond its walls; expected from ${lower} to ${upper}`)
    return
  }
}
