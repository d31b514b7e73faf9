import { isShared } from '../../../physics/network/described.js'
import { hiddenMoves } from '../../../physics/network/hidden-kind.js'
import { unitBathsOf } from '../bath.js'
import type { Keys } from '../keys.js'
import { toldBlocks } from '../network.js'
import type { Say } from '../parts.js'

const names = { kT: 'temperatures', mobility: 'mobilities' } as const

/** Baths of units: as many as units, of units that move continuously, in a plain simulation. */
export function sayBaths(scenario: Keys, say: Say): void {
  const { bath, network, protocol } = scenario
  const blocks = toldBlocks(network)
  const units = blocks.reduce((sum, block) => sum + block.units, 0)
  const { temperature, mobility } = unitBathsOf(bath)
  for (const key of ['kT', 'mobility'] as const) {
    const given = bath[key]
    if (typeof given === 'number') continue
    const { length } = given
    if (length !== units)
      say(['bath', key], `expected a number, or a list of ${units} (one for each unit), got ${length} entries`)
    if ((key === 'kT' ? temperature : mobility) === undefined) continue
    if (protocol === undefined)
      say(
        ['bath', key],
        `data are noised, and energies learned, in one bath; several ${names[key]} are for a plain simulation (protocol). Give a number`,
      )
    if (blocks.some(({ states }) => states !== null))
      say(
        ['bath', key],
        `units with states are tried at a rate in one bath, and have no ${names[key]} of their own; give a number`,
      )
    const { hidden } = network
    if (hidden !== undefined && !isShared(hidden) && hiddenMoves(hidden))
      say(['bath', key], `${hidden.kind} hidden units move in the bath of all; give a number, or leave them out`)
    else if (key === 'kT' && hidden !== undefined && !isShared(hidden))
      say(
        ['bath', key],
        'hidden units that follow at once are in equilibrium given the visible ones, and between several temperatures there is none; give a number, or leave them out',
      )
  }
  sayMobilities(scenario, say)
  if (temperature !== undefined) sayTemperatures(scenario, say)
}

/** One place to say a mobility. */
function sayMobilities({ bath, network }: Keys, say: Say): void {
  if (typeof bath.mobility === 'number') return
  for (const role of ['visible', 'hidden'] as const)
    network[role]?.blocks?.forEach((block, n) => {
      if (block.mobility !== undefined)
        say(
          ['network', role, 'blocks', n, 'mobility'],
          'bath.mobility has one for each unit already; remove one of them',
        )
    })
}

/** What needs a Boltzmann law, or one temperature. */
function sayTemperatures({ initial, protocol }: Keys, say: Say): void {
  if (initial !== undefined && initial.kind !== 'point' && initial.kind !== 'gaussian')
    say(
      ['initial', 'kind'],
      `units at several temperatures (bath.kT) have no equilibrium, and nothing to draw from; expected point or gaussian, and a protocol that settles first`,
    )
  if (protocol?.bothWays === true)
    say(['protocol', 'bothWays'], 'a free energy is one at one temperature; bath.kT has several')
  if (typeof protocol?.kT === 'number')
    say(
      ['protocol', 'kT'],
      'bath.kT has one for each unit, and a number would replace the first alone; remove it. A formula or a table is followed by the first unit, and the others keep their ratios to it',
    )
}
